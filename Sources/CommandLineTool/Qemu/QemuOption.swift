/// One option of QEMU's: a row of the table that parses it and of the help that lists it.
struct QemuOption {
  /// Without dashes; the first one is shown.
  var names: [String]
  /// What the help calls its value; nil for a switch.
  var value: String?
  var help: String
  var apply: (inout QemuInvocation, String) throws(QemuUsageError) -> Void

  init(
    _ names: String..., value: String? = nil, help: String,
    apply: @escaping (inout QemuInvocation, String) throws(QemuUsageError) -> Void
  ) {
    self.names = names
    self.value = value
    self.help = help
    self.apply = apply
  }

  /// An option that changes nothing here, with the reason that its note gives.
  static func passedOver(_ names: String..., value: String? = nil, because reason: String) -> Self {
    var option = Self(names[0], value: value, help: "passed over: \(reason)") {
      (invocation, text) throws(QemuUsageError) in
      invocation.note("\(invocation.currentOption)\(text.isEmpty ? "" : " " + text): passed over; \(reason)")
    }
    option.names = names
    return option
  }

  /// An option that is refused, with the reason.
  static func refused(_ names: String..., value: String? = nil, because reason: String) -> Self {
    var option = Self(names[0], value: value, help: "refused: \(reason)") {
      (invocation, text) throws(QemuUsageError) in
      throw QemuUsageError("\(invocation.currentOption)\(text.isEmpty ? "" : " " + text): \(reason)")
    }
    option.names = names
    return option
  }

  static var all: [Self] { groups.flatMap(\.options) }

  static var groups: [(title: String, options: [Self])] {
    [
      ("Machine", machineOptions), ("Disks, network and other devices", deviceOptions),
      ("Terminal and running", runningOptions), ("Passed over or refused", otherOptions),
    ]
  }

  /// What `-help` prints. Makefiles look for options at the beginnings of its lines.
  static var helpText: String {
    var text = """
      usage: vitrine qemu [options]

      Vitrine's machine with the options of qemu-system-riscv64, so that a Makefile written for QEMU runs its guest here:
        make qemu QEMU="vitrine qemu"
      What is not listed is refused. What is passed over is said on standard error. Status: the guest's own, as QEMU's; 1 a
      file was wrong, 3 the guest waits for ever, 64 wrong usage.

      """
    for group in groups {
      text += "\n\(group.title):\n"
      for option in group.options {
        let head = option.names.map { "-\($0)" }.joined(separator: " or ") + (option.value.map { " \($0)" } ?? "")
        text += head.count < 23 ? head.padding(to: 24) : head + "\n" + String(repeating: " ", count: 24)
        text += option.help.wrapped(to: 104).joined(separator: "\n" + String(repeating: " ", count: 24)) + "\n"
      }
    }
    return text + """

      While the guest runs, with -nographic or -serial mon:stdio:
      Ctrl-A h  lists these keys     Ctrl-A x  ends the run
      Ctrl-A c  opens the prompt     Ctrl-A Ctrl-A  sends Ctrl-A

      Example: vitrine qemu -machine virt -bios none -kernel kernel/kernel -m 128M -smp 3 -nographic \\
        -global virtio-mmio.force-legacy=false -drive file=fs.img,if=none,format=raw,id=x0 \\
        -device virtio-blk-device,drive=x0,bus=virtio-mmio-bus.0

      """
  }

  /// The first line is what Makefiles parse.
  static func versionText(_ version: String) -> String {
    """
    QEMU emulator version 7.2.0 (by its options only)
    This is vitrine \(version), which takes the options of qemu-system-riscv64 7.2.

    """
  }
}

extension String {
  /// In lines of at most so many characters, broken at spaces.
  fileprivate func wrapped(to width: Int) -> [String] {
    var lines = [""]
    for word in split(separator: " ") {
      let line = lines[lines.count - 1]
      if !line.isEmpty, line.count + 1 + word.count > width { lines.append("") }
      lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "" : " ") + word
    }
    return lines
  }
  fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
