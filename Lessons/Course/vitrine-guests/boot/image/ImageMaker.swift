#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Makes the disk: `image-maker DISK LOADER.ELF KERNEL.ELF NAME=FILE...`, the last ones for the file system.
@main
struct ImageMaker {
  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count >= 4 else { stop("usage: image-maker DISK LOADER KERNEL [NAME=FILE...]") }
    let loader = FlatImage(elf: read(arguments[2]), name: arguments[2])
    let kernel = read(arguments[3])
    var fileSystem = FileSystemImage()
    for argument in arguments[4...] {
      guard let equals = argument.firstIndex(of: "=") else { stop("\(argument) is not NAME=FILE") }
      fileSystem.add(name: String(argument[..<equals]), bytes: read(String(argument[argument.index(after: equals)...])))
    }
    let disk = DiskImage(loader: loader, kernel: kernel, fileSystem: fileSystem.bytes())
    save(disk.bytes, to: arguments[1])
  }

  static func stop(_ sentence: String) -> Never {
    // By number: `stderr` is a global variable of C, which Swift 6 does not take.
    let line = "image-maker: \(sentence)\n"
    _ = Array(line.utf8).withUnsafeBytes { writeAll($0) }
    exit(1)
  }

  private static func writeAll(_ bytes: UnsafeRawBufferPointer) -> Int { write(2, bytes.baseAddress, bytes.count) }

  private static func read(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "rb") else { stop("cannot read \(path)") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
    return bytes
  }

  private static func save(_ bytes: [UInt8], to path: String) {
    guard let file = fopen(path, "wb"), fwrite(bytes, 1, bytes.count, file) == bytes.count, fclose(file) == 0 else {
      stop("cannot write \(path)")
    }
  }
}
