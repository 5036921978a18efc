import Foundation
import Machine
import RISCV
import SystemPackage
import Testing

/// Programs of riscv-arch-test: every `X.elf` beside an `X.reference`, the signature that a reference model wrote, in the
/// folder that the environment variable `VITRINE_SIGNATURES` names.
@Suite(
  "Signatures equal those of a reference model",
  .enabled(if: Signatures.folder != nil, "set VITRINE_SIGNATURES to a folder with X.elf and X.reference of each test"))
struct SignatureTests {
  /// The longest of riscv-arch-test takes a tenth of it.
  static let limit: UInt64 = 20_000_000

  @Test("The folder holds programs with references")
  func present() throws {
    #expect(!Signatures.names.isEmpty, "no X.elf with X.reference in \(Signatures.folder ?? "")")
  }

  @Test("The signature is that of the reference", arguments: Signatures.names, Engine.allCases)
  func equal(name: String, engine: Engine) throws {
    let folder = FilePath(try #require(Signatures.folder))
    var configuration = MachineConfiguration()
    configuration.program = folder.appending(name + ".elf")
    let machine = try Machine(configuration)
    machine.usesStepPath = engine == .reference
    #expect(machine.run(stepLimit: Self.limit) == .exited(.success))

    func address(_ symbol: String) throws -> UInt64 {
      try #require(machine.board.images.lazy.compactMap { $0.address(of: symbol) }.first, "no symbol \(symbol)")
    }
    let begin = try address("begin_signature")
    let count = Int(try address("end_signature") - begin)
    let signature = try #require(machine.memory.read(GuestPhysicalAddress(begin), count: count))
    let reference = try Signatures.reference(folder.appending(name + ".reference").string)
    #expect(count > 0 && reference.count >= count)
    let difference = zip(signature, reference).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    #expect(difference == nil, "the first different byte is at begin_signature + \(difference ?? 0)")
  }
}

/// What there is to compare.
enum Signatures {
  static let folder = ProcessInfo.processInfo.environment["VITRINE_SIGNATURES"]

  /// Names without suffix, in alphabetical order.
  static let names: [String] = {
    guard let folder, let files = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return [] }
    let present = Set(files)
    return files.filter { $0.hasSuffix(".elf") }.map { String($0.dropLast(4)) }
      .filter { present.contains($0 + ".reference") }.sorted()
  }()

  /// The bytes of a signature file: a word a line, in hexadecimal, of any width; the last word is filled up.
  static func reference(_ path: String) throws -> [UInt8] {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    return try text.split(separator: "\n").flatMap { line -> [UInt8] in
      let digits = Array(line)
      return try stride(from: digits.count - 2, through: 0, by: -2).map { index in
        try #require(UInt8(String(digits[index...index + 1]), radix: 16), "\(path): \(line)")
      }
    }
  }
}
