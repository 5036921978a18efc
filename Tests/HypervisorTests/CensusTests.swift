import Hypervisor
import RISCV
import Testing

/// Facts of the specification and of Popek and Goldberg's paper, held against what the census finds by executing.
@Suite("The census of Popek and Goldberg")
struct CensusTests {
  private static let plain = Result { try Census() }

  private func census(_ quirks: PrivilegeQuirks) throws -> Census {
    quirks.isEmpty ? try Self.plain.get() : try Census(quirks: quirks)
  }
  private func names(_ entries: [Census.Entry]) -> [String] { entries.map(\.instruction.name) }

  @Test("Every instruction of the machine is in it, and every CSR but for the repetitions of groups")
  func completeness() throws {
    let entries = try census([]).entries
    #expect(Set(entries.map(\.instruction.mnemonic)) == Set(InstructionRow.all.map(\.name)))
    #expect(Set(CSR.allCases.map(\.rawValue)).isSubset(of: Set(entries.compactMap(\.instruction.csr))))
    #expect(Set(names(entries)).count == entries.count)
  }

  @Test(
    "RISC-V is classically virtualizable: all that is sensitive traps in U, or does where counters and floating point are off"
  )
  func riscv() throws {
    let census = try census([])
    #expect(census.isVirtualizable && census.isHybridVirtualizable && census.isVirtualizableAssisted)
    #expect(Set(census.switches(\.classic)).isSuperset(of: [.countersOff, .floatOff]))
    #expect(!census.switches(\.classic).contains(.machineTraps))
  }

  @Test("Computation, loads, stores and jumps are innocuous")
  func innocuous() throws {
    let sections: Set<SpecificationSection> = [.rv32i, .rv64i, .m, .a, .zba, .zbb, .zbs, .zicond]
    let rows = Set(InstructionRow.all.filter { sections.contains($0.section) }.map(\.name)).subtracting([
      "ecall", "ebreak",
    ])
    for entry in try census([]).entries where rows.contains(entry.instruction.mnemonic) {
      #expect(entry.classic.kind == .innocuous, "\(entry.instruction.name)")
      #expect(PrivilegeMode.allCases.allSatisfy { entry.outcomes[$0] == "runs" }, "\(entry.instruction.name)")
    }
  }

  @Test(
    "Privileged and sensitive: returns from traps, wfi, fences, and each access to a supervisor's register, reads too")
  func privileged() throws {
    let entries = try census([]).entries
    func entry(_ name: String) throws -> Census.Entry { try #require(entries.first { $0.instruction.name == name }) }
    for name in ["mret", "sret", "wfi", "sfence.vma", "hfence.gvma", "csrrw satp", "csrrs sstatus, zero"] {
      let found = try entry(name)
      #expect(found.isPrivileged && found.classic.kind.isSensitive, "\(name)")
    }
    #expect(try entry("csrrs sstatus, zero").classic.kind == .behaviourSensitive)
    #expect(try entry("wfi").classic.changes == ["waiting"])
    #expect(try entry("sret").classic.changes.contains("mode"))
    #expect(try entry("csrrs time, zero").classic.trapping == .asked([.countersOff]))
    #expect(try entry("fadd.d").classic.trapping == .asked([.floatOff]))
    #expect(try entry("ecall").classic.kind == .alwaysTraps)
  }

  @Test("xret-ignored: mret and sret, and nothing else; U itself is not harmed, so a hybrid monitor is possible")
  func ignoredReturns() throws {
    let census = try census(.xretIgnored)
    #expect(names(census.offenders(\.classic)) == ["mret", "sret"])
    #expect(!census.isVirtualizable && census.isHybridVirtualizable && census.isVirtualizableAssisted)
  }

  @Test(
    "csr-write-ignored: the writes of registers above U that have an effect there, as POPF had; a hybrid monitor is possible"
  )
  func ignoredWrites() throws {
    let census = try census(.csrWriteIgnored)
    let offenders = census.offenders(\.classic)
    #expect(names(offenders).contains("csrrw sstatus") && names(offenders).contains("csrrci sstatus"))
    for entry in offenders {
      let csr = try #require(entry.instruction.csr)
      #expect(entry.instruction.isWrite && csr >> 8 & 3 != 0, "\(entry.instruction.name)")
    }
    #expect(census.isHybridVirtualizable && census.isVirtualizableAssisted)
  }

  @Test(
    "csr-read-reveals: reads of registers above U, as SMSW and SGDT were; no hybrid monitor, but H hides the host's")
  func revealedReads() throws {
    let census = try census(.csrReadReveals)
    let offenders = census.offenders(\.classic)
    #expect(names(offenders).contains("csrrs sstatus, zero") && names(offenders).contains("csrrs mhartid, zero"))
    #expect(offenders.allSatisfy { !$0.instruction.isWrite && ($0.instruction.csr ?? 0) >> 8 & 3 != 0 })
    #expect(!census.isHybridVirtualizable && census.isVirtualizableAssisted)
  }

  @Test(
    "With the H extension a kernel's own registers, returns and fences need no trap; what is the host's still traps")
  func assisted() throws {
    let entries = try census([]).entries
    let spared = Set(names(entries.filter(\.isSpared)))
    #expect(spared.isSuperset(of: ["sret", "sfence.vma", "csrrw sstatus", "csrrs scause, zero", "csrrw satp"]))
    #expect(spared.isDisjoint(with: ["mret", "wfi", "hfence.vvma", "csrrw mstatus", "csrrw hgatp"]))
  }
}
