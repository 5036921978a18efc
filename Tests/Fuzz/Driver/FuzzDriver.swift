// libFuzzer has a driver of its own; an executable of SwiftPM has its own entry, and so calls that driver.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ argumentCount: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ target: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The linker wants libFuzzer's own entry complete; nobody calls this.
@_cdecl("LLVMFuzzerTestOneInput")
public func unusedTarget(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt { 0 }

/// Runs one fuzz target.
package enum FuzzDriver {
  /// Hands this process to libFuzzer with the process's own arguments; or, if they are `--seeds FOLDER DICTIONARY`, writes `seeds`
  /// there, a file each, and `words` in the form that libFuzzer's `-dict` takes.
  ///
  /// `target` gets each input; it traps where a property does not hold.
  package static func run(
    seeds: [[UInt8]], words: [String] = [], _ target: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
  ) {
    var arguments = CommandLine.unsafeArgv
    var count = CommandLine.argc
    if count == 4, CommandLine.arguments[1] == "--seeds" {
      for (number, seed) in seeds.enumerated() { write(seed, to: "\(CommandLine.arguments[2])/seed\(number)") }
      write(Array(words.map { "\(quoted($0))\n" }.joined().utf8), to: CommandLine.arguments[3])
      return
    }
    end(runDriver(&count, &arguments, target))
  }

  private static func quoted(_ word: String) -> String {
    let bytes = word.utf8.map { byte in
      let isPlain = (0x20..<0x7f).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
      return isPlain ? String(UnicodeScalar(byte)) : "\\x" + String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }
    return "\"" + bytes.joined() + "\""
  }

  /// The input as an array.
  package static func bytes(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
    [UInt8](UnsafeBufferPointer(start: start, count: count))
  }
}
