import Foundation
import Machine
import RISCV
import SystemPackage
import Testing

@Suite("Guests with options")
struct GuestOptionTests {
  @Test(
    "memhog touches as many pages as its command line says, in each pattern, on both paths",
    arguments: ["linear", "backward", "random", "hot"])
  func patterns(pattern: String) throws {
    func run(onStepPath: Bool) throws -> GuestRun {
      try GuestRun("memhog", onStepPath: onStepPath) { $0.append = "quiet size=1M pattern=\(pattern) rounds=3" }
    }
    let ours = try run(onStepPath: false)
    #expect(ours.reason == .exited(.success))
    #expect(ours.console.hasPrefix("pattern \(pattern), 256 pages, 3 rounds\n768 touches of "))
    if pattern == "linear" || pattern == "backward" { #expect(ours.console.contains(" of 256 pages,")) }
    #expect(try run(onStepPath: true).digest == ours.digest)
  }

  @Test(
    "memhog says what it does not understand, and fails",
    arguments: ["pattern=zigzag", "size=", "size=1x", "size=4095", "size=5G", "size=99999999999999999999", "size=256M"])
  func badOptions(options: String) throws {
    let run = try GuestRun("memhog") { $0.append = options }
    #expect(run.console.contains("memhog: "))
    #expect(run.reason == .exited(.failure(code: 1)))
  }

  @Test("rogue breaks nothing on a board with disks and network devices, and two runs of it are one")
  func rogueWithDevices() throws {
    let folder = try TemporaryFolder()
    let disk = folder.path + "/disk.img"
    let content = Data((0..<(1 << 16)).map { UInt8(truncatingIfNeeded: $0 &* 7) })
    try content.write(to: URL(fileURLWithPath: disk))
    func run(onStepPath: Bool) throws -> GuestRun {
      try GuestRun("rogue", onStepPath: onStepPath) {
        $0.disks = [.init(path: FilePath(disk)), .init(path: FilePath(disk), mode: .readOnly)]
        $0.networkDevices = [.init(address: MACAddress(device: 0))]
      }
    }
    let ours = try run(onStepPath: false)
    #expect(ours.reason == .exited(.success), "\(ours.console)")
    #expect(ours.console.contains("~ 5 virtio devices attacked\n"))
    #expect(try run(onStepPath: true).digest == ours.digest)
    #expect(try Data(contentsOf: URL(fileURLWithPath: disk)) == content)
  }

  @Test(
    "sensitive finds the holes of a CPU with quirks in user mode, and there alone",
    arguments: [
      ("csr-write-ignored", ["csrs sstatus.SIE", "csrw sie", "csrw sscratch", "csrw satp"]),
      (
        "csr-read-reveals",
        ["csrr sstatus", "csrr sie", "csrr stvec", "csrr satp", "csrr mstatus", "csrr mhartid"]
      ),
      ("xret-ignored", ["sret", "mret"]),
    ])
  func quirks(name: String, holes: [String]) throws {
    let plain = try GuestRun("sensitive")
    #expect(!plain.console.contains("LIES"))
    let run = try GuestRun("sensitive") { $0.cpu.quirks = try #require(PrivilegeQuirks(named: name)) }
    let lies = run.console.split(separator: "\n").filter { $0.hasSuffix(": LIES") }
    #expect(lies.map(String.init) == holes.map { "U  \($0), traps and changes nothing: LIES" })
    #expect(run.console.contains("\n\(holes.count) lies"))
    guard case .exited(.failure) = run.reason else {
      Issue.record("\(run.reason)")
      return
    }
  }

  @Test(
    "Guests that set A and D bits themselves do not mind a CPU that leaves it to them",
    arguments: [
      "nano", "traps", "pagefaults", "sensitive", "memhog", "twostage", "rogue",
      "forgotten-fence",
    ])
  func svade(guest: String) throws {
    let run = try GuestRun(guest, svade: true)
    #expect(run.reason == .exited(.success), "\(run.console)")
  }
}
