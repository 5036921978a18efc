extension QemuOption {
  static var runningOptions: [Self] {
    [
      Self("nographic", help: "the serial port is on this terminal") { (invocation, _) in
        invocation.isDisplayless = true
      },
      Self("display", value: "none", help: "no window is ever opened") { (invocation, text) in
        if text == "none" { invocation.isDisplayless = true }
      },
      Self("serial", value: "mon:stdio|...", help: "the serial port: stdio, mon:stdio, none, null or file:FILE") {
        (invocation, text) throws(QemuUsageError) in try invocation.setSerial(text)
      },
      Self("monitor", value: "none|...", help: "QEMU's monitor; here the prompt takes its place (-S, Ctrl-A c)") {
        (invocation, text) in
        if text != "none" && text != "null" {
          invocation.note("-monitor \(text): passed over; the prompt takes its place: -S, or Ctrl-A c at any time")
        }
      },
      Self("S", help: "open the prompt before the first instruction; `console` there lets the guest go") {
        (invocation, _) in invocation.opensPrompt = true
      },
      .refused("gdb", value: "DEVICE", because: noServer),
      .refused("s", because: noServer),
      Self("no-reboot", help: "a reset by the guest ends the run") { (invocation, _) in invocation.endsAtReset = true },
      .passedOver("no-shutdown", because: "a guest that powers off ends the run; -S keeps the machine for the prompt"),
      Self("d", value: "ITEM,...", help: "int logs traps and interrupts in QEMU's words; other items log nothing") {
        (invocation, text) in
        for item in text.split(separator: ",") {
          if item == "int" {
            invocation.logsTraps = true
          } else {
            invocation.note("-d \(item): passed over; nothing is logged for it")
          }
        }
      },
      Self("D", value: "FILE", help: "where -d logs, in place of standard error") { (invocation, text) in
        invocation.logFile = text
      },
      .passedOver("icount", value: "...", because: "the clock counts instructions in every run"),
      .passedOver("rtc", value: "...", because: "the clock starts at 2000-01-01 00:00 UTC in every run"),
      .passedOver("name", value: "NAME", because: "a name changes nothing"),
      .passedOver("vga", value: "TYPE", because: "there is no display"),
      .passedOver("singlestep", because: "it changes nothing that a guest can see"),
      .passedOver("semihosting", because: "there is none: a guest that calls it takes a breakpoint trap"),
      .passedOver("no-user-config", because: "QEMU's configuration files are never read"),
      .refused("semihosting-config", value: "...", because: "there is no semihosting"),
      .refused("daemonize", because: "the guest's console stays on this terminal; put & behind the command"),
      .refused("pidfile", value: "FILE", because: "no file is written"),
      .refused("qmp", value: "...", because: "there is no such monitor; -S opens the prompt"),
      Self("version", help: "print the version of QEMU whose options these are, and ours") { (invocation, _) in
        invocation.answer = versionText(Vitrine.configuration.version)
      },
      Self("help", "h", help: "print this") { (invocation, _) in invocation.answer = helpText },
    ]
  }
}

private let noServer = "there is no server for gdb yet; leave it out: -S alone opens a prompt like gdb's"

extension QemuInvocation {
  fileprivate mutating func setSerial(_ text: String) throws(QemuUsageError) {
    switch text {
    case "mon:stdio":
      serial = .terminal
      hasMultiplexer = true
    case "stdio":
      // Without the monitor on the same line, the guest gets Ctrl-A as it is.
      serial = .terminal
      hasMultiplexer = false
    case "none", "null": serial = .nowhere
    case _ where text.hasPrefix("file:") && text.count > 5: serial = .file(String(text.dropFirst(5)))
    default:
      throw QemuUsageError("-serial \(text): the serial port can be on stdio, mon:stdio, none, null or file:FILE here")
    }
    isDisplayless = true
  }
}
