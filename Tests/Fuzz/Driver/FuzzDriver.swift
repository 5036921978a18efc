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
  /// Hands this process to libFuzzer with the process's own arguments. First, if the only argument is `--seeds FOLDER`, writes
  /// `seeds` there instead, a file each, and returns.
  ///
  /// `target` gets each input; it traps where a property does not hold.
  package static func run(
    seeds: [[UInt8]], _ target: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
  ) {
    var arguments = CommandLine.unsafeArgv
    var count = CommandLine.argc
    if count == 3, CommandLine.arguments[1] == "--seeds" {
      for (number, seed) in seeds.enumerated() { write(seed, to: "\(CommandLine.arguments[2])/seed\(number)") }
      return
    }
    _ = runDriver(&count, &arguments, target)
  }

  /// The input as an array.
  package static func bytes(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
    [UInt8](UnsafeBufferPointer(start: start, count: count))
  }
}
