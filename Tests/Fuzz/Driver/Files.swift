#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension FuzzDriver {
  /// Writes a whole file.
  package static func write(_ bytes: [UInt8], to path: String) {
    guard let file = fopen(path, "w") else { preconditionFailure("cannot write \(path)") }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }

  /// A file that exists as long as this process and has no name of its own, so that nobody need delete it.
  package static func temporaryFile(_ bytes: [UInt8]) -> String {
    guard let file = tmpfile() else { preconditionFailure("no temporary file") }
    fwrite(bytes, 1, bytes.count, file)
    fflush(file)
    return "/dev/fd/\(fileno(file))"
  }

  /// Ends the process with this status.
  static func end(_ status: CInt) -> Never { exit(status) }

  /// Reads a whole file.
  package static func read(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "r") else { preconditionFailure("cannot read \(path)") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    while case let byte = getc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
    return bytes
  }
}
