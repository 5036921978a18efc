/// The commands that show something.
enum Commands {
  static func listProcesses() {
    print("  PID PARENT HART  PAGES PREEMPTED STATE     NAME")
    var index = 0
    while let process = Kernel.process(index) {
      index += 1
      if process.state == 0 { continue }
      var line = Message()
      line.append(right: process.identifier, width: 5)
      line.append(right: process.parent, width: 7)
      line.append(right: process.hart, width: 5)
      line.append(right: process.pages, width: 7)
      line.append(right: process.preemptions, width: 10)
      line.append(" ")
      line.append(stateName(process.state))
      line.pad(to: 45)
      line.append(process.name)
      print(line)
    }
  }

  private static func stateName(_ state: UInt64) -> StaticString {
    switch state {
    case 1: "starting"
    case 2: "runnable"
    case 3: "running"
    case 4: "waiting"
    case 5: "ended"
    default: "?"
    }
  }

  static func showMemory() {
    let memory = Kernel.memory
    print("\(memory.total) pages of 4 KiB, \(memory.free) free, \(memory.balloon) in the balloon")
    print("\(memory.harts) harts, up for \(memory.uptime) ms")
  }

  static func listFiles() {
    var index = 0
    while let file = Kernel.file(index) {
      index += 1
      var line = Message()
      line.append(right: file.byteCount, width: 8)
      line.append(" ")
      line.append(file.name)
      print(line)
    }
  }

  static func showFile(_ arguments: Text) {
    var rest = arguments
    guard let name = rest.takeWord() else { return print("cat: which file?") }
    let capacity = 4096
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    defer { buffer.deallocate() }
    var offset: UInt64 = 0
    do throws(Failure) {
      while true {
        let count = try Kernel.read(file: name, offset: offset, into: buffer, capacity: capacity)
        if count == 0 { return }
        try Kernel.write(buffer, count: count)
        offset += UInt64(count)
      }
    } catch {
      print("cat: \(name): \(error.text)")
    }
  }

  static func echo(_ arguments: Text) {
    var rest = arguments
    var isFirst = true
    while let word = rest.takeWord() {
      if !isFirst { write(" ") }
      try? Kernel.write(word.start, count: word.count)
      isFirst = false
    }
    write("\n")
  }
}

extension Message {
  /// A number with spaces in front, so that it takes `width` columns.
  mutating func append(right value: UInt64, width: Int) {
    let number: Message = "\(value)"
    pad(to: count + width - number.count)
    append(value, base: 10)
  }

  mutating func append(_ name: Name) {
    name.withText { text in
      var index = 0
      while index < text.count {
        append(byte: text[index])
        index += 1
      }
    }
  }
}
