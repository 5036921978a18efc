import Foundation
import Machine
import SystemPackage

/// What a run of a program left: the doublewords of the results, or why there are none.
package enum LockstepOutcome: Sendable, Equatable {
  case results([UInt64])
  case none(String)
  /// No end within the time that a reference has, at the second attempt too.
  case timeOut
}

/// Runs programs on this machine and on others.
package struct LockstepRunner {
  /// Where files are written; the caller removes it.
  let folder: URL
  /// Seconds that a reference has, and what it has at the second attempt: this machine may be busy.
  private static let timeouts = [10.0, 30]

  package init(folder: URL) { self.folder = folder }

  /// The path of a program on PATH.
  package static func find(_ tool: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").lazy.map { "\($0)/\(tool)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  package static func isInstalled(_ kind: Reference.Kind) -> Bool {
    switch kind {
    case .step: true
    case .spike: find("spike") != nil
    case .qemu: find("qemu-system-riscv64") != nil
    }
  }

  /// Runs on this machine, on the block loop or on the step path.
  package func runHere(_ program: LockstepProgram, byStep: Bool) throws -> (outcome: LockstepOutcome, digest: UInt64) {
    let path = folder.appending(path: "here.elf")
    try Data(program.elf(sendsResults: false)).write(to: path)
    var configuration = MachineConfiguration()
    configuration.memorySize = 8 << 20
    configuration.program = FilePath(path.path)
    let machine = try Machine(configuration)
    machine.usesStepPath = byStep
    let reason = machine.run(stepLimit: 1_000_000)
    guard reason == .exited(.success) else { return (.none("\(reason)"), machine.digest()) }
    let count = Int(Place.resultsEnd - Place.results)
    let bytes = machine.memory.read(.init(Place.results), count: count) ?? []
    return (.results(Self.words(bytes)), machine.digest())
  }

  package func run(_ program: LockstepProgram, on reference: Reference) throws -> LockstepOutcome {
    switch reference.kind {
    case .step: return try runHere(program, byStep: true).outcome
    case .spike: return try runSpike(program)
    case .qemu: return try runQEMU(program)
    }
  }

  /// The extensions of the machine, as Spike names them; misaligned accesses are done (Zicclsm).
  private static let isa =
    "rv64gch_zicntr_zihpm_zba_zbb_zbs_zicond_zicbom_zicboz_zawrs_sstc_svadu_svinval_svnapot_zicclsm"

  private func runSpike(_ program: LockstepProgram) throws -> LockstepOutcome {
    let (elf, signature) = (folder.appending(path: "spike.elf"), folder.appending(path: "spike.signature"))
    try Data(program.elf(sendsResults: false)).write(to: elf)
    try? FileManager.default.removeItem(at: signature)
    let error = try run(
      Self.find("spike")!,
      ["--isa=\(Self.isa)", "-m8", "+signature=\(signature.path)", "+signature-granularity=8", elf.path])
    guard let error else { return .timeOut }
    guard let text = try? String(contentsOf: signature, encoding: .utf8) else { return .none(error) }
    return .results(text.split(separator: "\n").compactMap { UInt64($0, radix: 16) })
  }

  private func runQEMU(_ program: LockstepProgram) throws -> LockstepOutcome {
    let (elf, output) = (folder.appending(path: "qemu.elf"), folder.appending(path: "qemu.out"))
    try Data(program.elf(sendsResults: true)).write(to: elf)
    let error = try run(
      Self.find("qemu-system-riscv64")!,
      [
        "-machine", "virt", "-cpu", "rv64,svnapot=true,svinval=true,zbc=false", "-m", "8M", "-bios", "none", "-display",
        "none",
        "-monitor", "none", "-serial", "file:\(output.path)", "-kernel", elf.path,
      ])
    guard let error else { return .timeOut }
    guard let data = try? Data(contentsOf: output), data.count == Int(Place.resultsEnd - Place.results) else {
      return .none(error)
    }
    return .results(Self.words(Array(data)))
  }

  /// Runs a program to its end; what it wrote to standard error, or nil when it did not end.
  private func run(_ path: String, _ arguments: [String]) throws -> String? {
    for timeout in Self.timeouts {
      if let errors = try run(path, arguments, within: timeout) { return errors }
    }
    return nil
  }

  private func run(_ path: String, _ arguments: [String], within timeout: Double) throws -> String? {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    let errors = folder.appending(path: "errors")
    _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    let deadline = Date().addingTimeInterval(timeout)
    while process.isRunning && Date() < deadline { usleep(2000) }
    guard process.isRunning else { return (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }
    process.terminate()
    process.waitUntilExit()
    return nil
  }

  private static func words(_ bytes: [UInt8]) -> [UInt64] {
    stride(from: 0, to: bytes.count - 7, by: 8).map { start in
      (0..<8).reduce(0) { $0 | UInt64(bytes[start + $1]) << (8 * UInt64($1)) }
    }
  }
}
