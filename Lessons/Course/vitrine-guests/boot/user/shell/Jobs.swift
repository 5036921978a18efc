/// Programs that the shell runs: it waits for them, unless the line ends in `&`.
enum Jobs {
  static func run(_ line: Text) {
    var program = line
    let isInBackground = removeAmpersand(from: &program)
    var words = program
    guard let name = words.takeWord() else { return print("run: which program?") }
    do throws(Failure) {
      let process = try Kernel.spawn(program)
      if isInBackground {
        print("[\(process)] \(name)")
      } else {
        let ended = try Kernel.wait(for: process)
        if ended.status != 0 { print("\(name) ended with status \(ended.status)") }
      }
    } catch {
      print("run: \(name): \(error.text)")
    }
  }

  private static func removeAmpersand(from line: inout Text) -> Bool {
    removeSpaces(from: &line)
    guard line.count > 0 && line[line.count - 1] == 0x26 else { return false }
    line.count -= 1
    removeSpaces(from: &line)
    return true
  }

  private static func removeSpaces(from line: inout Text) {
    while line.count > 0 && line[line.count - 1] == 0x20 { line.count -= 1 }
  }

  /// Tells of the programs in the background that have ended. It only waits for those of which it knows that they have.
  static func collect() {
    let shell = Kernel.processIdentifier
    var index = 0
    while let process = Kernel.process(index) {
      index += 1
      let ended: UInt64 = 5
      guard process.state == ended && process.parent == shell else { continue }
      if let child = try? Kernel.wait(for: process.identifier) {
        print("[\(child.process)] \(process.name) ended with status \(child.status)")
      }
    }
  }
}
