// Where the serial port goes, and which keys are ours.
extension QemuInvocation {
  /// What `-chardev` describes.
  struct CharacterDevice {
    var serial: Serial
    /// Ctrl-A means something there.
    var isMultiplexed = false
  }

  /// `-chardev BACKEND,id=ID,…`
  mutating func addTerminal(_ text: String) throws(QemuUsageError) {
    var properties = QemuProperties(text, of: "-chardev", firstKey: "backend")
    let backend = properties.take("backend") ?? ""
    guard let id = properties.take("id") else { throw QemuUsageError("-chardev \(text): it has no id=") }
    var device = CharacterDevice(serial: .nowhere)
    switch backend {
    case "stdio":
      device.serial = .terminal
      device.isMultiplexed = try properties.takeSwitch("mux") ?? false
      properties.pass("signal", "logfile", "logappend")
    case "file":
      guard let path = properties.take("path") else { throw QemuUsageError("-chardev \(text): it has no path=") }
      device.serial = .file(path)
    case "null": properties.pass("mux")
    default:
      throw QemuUsageError("-chardev \(text): \(backend) is not known here; there are stdio, file and null")
    }
    try properties.finish()
    terminals[id] = device
  }

  /// A monitor that shares the serial port's line needs no word: the prompt is at Ctrl-A c.
  mutating func noteMonitor(_ option: String) {
    note("\(option): passed over; the prompt takes its place: -S, or Ctrl-A c at any time")
  }

  /// Connects the board's one serial port.
  mutating func connectSerialPort() throws(QemuUsageError) {
    for text in monitors {
      var properties = QemuProperties(text, of: "-mon", firstKey: "chardev")
      let device = properties.take("chardev").flatMap { terminals[$0] }
      if !(device?.isMultiplexed ?? false) { noteMonitor("-mon \(text)") }
    }
    guard let text = serialPorts.first else { return }
    for other in serialPorts.dropFirst() where other != "none" && other != "null" {
      note("-serial \(other): passed over; the board has one serial port, and it is on \(text)")
    }
    switch text {
    case "mon:stdio": serial = .terminal
    // Without the monitor on the same line, the guest gets Ctrl-A as it is.
    case "stdio": (serial, hasMultiplexer) = (.terminal, false)
    case "none", "null": serial = .nowhere
    case _ where text.hasPrefix("file:") && text.count > 5: serial = .file(String(text.dropFirst(5)))
    case _ where text.hasPrefix("chardev:"):
      guard let device = terminals[String(text.dropFirst(8))] else {
        throw QemuUsageError("-serial \(text): there is no -chardev with that id")
      }
      serial = device.serial
      if case .terminal = device.serial { hasMultiplexer = device.isMultiplexed }
    default:
      throw QemuUsageError(
        "-serial \(text): the serial port can be on stdio, mon:stdio, none, null, file:FILE or chardev:ID here")
    }
    isDisplayless = true
  }
}
