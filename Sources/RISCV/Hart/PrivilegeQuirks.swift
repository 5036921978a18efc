/// Ways in which a CPU that cannot be virtualized by trapping differs from RISC-V: privileged instructions in U and VU that
/// silently do the wrong thing where the specification has them trap.
///
/// x86 had them before VT-x: POPF in user mode left the interrupt flag alone, SMSW and SGDT told a kernel in user mode the real
/// machine's registers (Popek and Goldberg: sensitive instructions that are not privileged). RISC-V has none, so they are
/// choices of the CPU here, all off at first. They act only where an instruction is about to trap.
package struct PrivilegeQuirks: OptionSet, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// A CSR instruction in U or VU that writes a supervisor, hypervisor or machine CSR does nothing, and its `rd` becomes 0.
  package static let csrWriteIgnored = PrivilegeQuirks(rawValue: 1)
  /// A CSR instruction in U that only reads such a register gets the hart's own value. In VU it gets what VS would, and traps
  /// where VS would.
  package static let csrReadReveals = PrivilegeQuirks(rawValue: 2)
  /// `mret` and `sret` in U and VU do nothing.
  package static let xretIgnored = PrivilegeQuirks(rawValue: 4)

  /// Each by the name that users give it.
  package static let named: [(name: String, quirk: PrivilegeQuirks)] = [
    ("csr-write-ignored", .csrWriteIgnored), ("csr-read-reveals", .csrReadReveals), ("xret-ignored", .xretIgnored),
  ]

  /// The quirk of a name; nil when there is none.
  package init?(named name: String) {
    guard let found = Self.named.first(where: { $0.name == name }) else { return nil }
    self = found.quirk
  }
}

extension HartPointer {
  /// What goes to `rd` when a quirk keeps an access to a CSR from trapping; nil where the trap comes as it should. `number`
  /// is the register's as the instruction names it, `value` what it holds.
  func quirkyResult(_ number: UInt16, _ value: UInt64, isWrite: Bool) -> UInt64? {
    let quirks = s.pointee.quirks
    let mode = s.pointee.privilege
    guard !quirks.isEmpty, mode.level == 0, number >> 8 & 3 != 0 else { return nil }
    if isWrite {
      // A read-only register refuses writes in every mode: that is no matter of privilege.
      return quirks.contains(.csrWriteIgnored) && number >> 10 != 3 ? 0 : nil
    }
    guard quirks.contains(.csrReadReveals) else { return nil }
    // Where VU showed more than VS has, no hypervisor could hide its machine from a guest's programs.
    let isHidden = mode == .virtualUser && accessFault(number, isWrite: false, in: .virtualSupervisor) != nil
    return isHidden ? nil : value
  }

  /// `mret` or `sret` is about to trap, but a quirk makes it do nothing.
  var ignoresTrapReturn: Bool { s.pointee.privilege.level == 0 && s.pointee.quirks.contains(.xretIgnored) }
}
