import RISCV
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite("Instruction rows and what is made from them")
struct GeneratedSourceTests {
  /// The folder of this package, found from this file.
  private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }

  private static func contents(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test("Generated files are what the rows give now; else run generate-instructions", arguments: 0..<3)
  func upToDate(index: Int) throws {
    let file = GeneratedSource.files[index]
    let path = Self.root + "/Sources/RISCV/Engine/" + file.name
    let found = try #require(Self.contents(path), "cannot read \(path)")
    #expect(found == file.text, "run: swift run generate-instructions Sources/RISCV/Engine")
  }

  @Test("Every row has a name of its own")
  func uniqueNames() {
    let names = InstructionRow.all.map(\.name)
    #expect(Set(names).count == names.count)
  }
}
