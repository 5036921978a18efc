extension QemuOption {
  static var runningOptions: [Self] {
    [
      Self("nographic", help: "the serial port is on this terminal") { (invocation, _) in
        invocation.isDisplayless = true
      },
      Self("display", value: "none", help: "no window is ever opened") { (invocation, text) in
        if text == "none" { invocation.isDisplayless = true }
      },
      Self("serial", value: "mon:stdio|...", help: "the serial port: stdio, mon:stdio, none, null, file:, chardev:ID") {
        (invocation, text) in invocation.serialPorts.append(text)
      },
      Self("chardev", value: "stdio|...,id=ID", help: "a name for -serial chardev:ID; stdio, file,path=FILE or null") {
        (invocation, text) throws(QemuUsageError) in try invocation.addTerminal(text)
      },
      Self("mon", value: "chardev=ID", help: "QEMU's monitor on such a device; see -monitor") { (invocation, text) in
        invocation.monitors.append(text)
      },
      Self("echr", value: "N", help: "the number of the key in place of Ctrl-A, such as 0x14 for Ctrl-T") {
        (invocation, text) throws(QemuUsageError) in
        guard let key = QemuProperties.number(text), (1...26).contains(key) else {
          throw QemuUsageError("-echr \(text): it is a number from 1 (Ctrl-A) to 26 (Ctrl-Z)")
        }
        invocation.escapeKey = UInt8(key)
      },
      Self("monitor", value: "none|...", help: "QEMU's monitor; here the prompt takes its place (-S, Ctrl-A c)") {
        (invocation, text) in
        if text != "none" && text != "null" { invocation.noteMonitor("-monitor \(text)") }
      },
      Self("parallel", value: "none", help: "there is no parallel port") {
        (_, text) throws(QemuUsageError) in
        guard text == "none" || text == "null" else {
          throw QemuUsageError("-parallel \(text): the board has no parallel port; leave it out, or say none")
        }
      },
      Self("S", help: "open the prompt before the first instruction; `console` there lets the guest go") {
        (invocation, _) in invocation.opensPrompt = true
      },
      .refused("gdb", value: "DEVICE", because: noServer),
      .refused("s", because: noServer),
      Self("no-reboot", help: "a reset by the guest ends the run") { (invocation, _) in invocation.endsAtReset = true },
      Self("action", value: "EVENT=ACTION", help: "reboot=shutdown is -no-reboot; the rest is passed over") {
        (invocation, text) throws(QemuUsageError) in
        var properties = QemuProperties(text, of: "-action", firstKey: "event")
        if let reboot = properties.take("reboot") { invocation.endsAtReset = reboot == "shutdown" }
        for item in properties.rest where item.key != "shutdown" || item.value != "poweroff" {
          invocation.note("-action \(item.key)=\(item.value): passed over; it changes nothing here")
        }
      },
      .passedOver("no-shutdown", because: "a guest that powers off ends the run; -S keeps the machine for the prompt"),
      Self("d", value: "ITEM,...", help: "log int, in_asm, exec or guest_errors; -d help lists what else QEMU has") {
        (invocation, text) throws(QemuUsageError) in try invocation.setLog(text)
      },
      Self("dfilter", value: "RANGE,...", help: "log code only from START+LENGTH, END-LENGTH or FIRST..LAST") {
        (invocation, text) throws(QemuUsageError) in try invocation.setLogFilter(text)
      },
      Self("D", value: "FILE", help: "where -d logs, in place of standard error") { (invocation, text) in
        invocation.logFile = text
      },
      Self("version", help: "print the version of QEMU whose options these are, and ours") { (invocation, _) in
        invocation.answer = versionText(Vitrine.configuration.version)
      },
      Self("help", "h", help: "print this") { (invocation, _) in invocation.answer = helpText },
    ]
  }
}

private let noServer = "there is no server for gdb yet; leave it out: -S alone opens a prompt like gdb's"
