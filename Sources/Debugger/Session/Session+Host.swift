import Hypervisor
import Machine
import RISCV

// The physical machine below the guest, as the prompt sees it: `$host.NAME` and `hpa:`.
extension Session {
  /// The physical hart that works for the selected one; nil where the guest is the machine, or is emulated.
  package var physicalHart: Hart? { virtualMachine.host?.harts[selectedHart] }

  /// Why there is no physical hart to look at.
  var noPhysicalHart: String {
    technique == .emulation
      ? "Under emulation no guest code runs on a physical hart: the monitor steps each instruction."
      : "There is no physical hart apart from the guest's: under native the guest is the machine."
  }

  package func obstacle(toRegister name: String) -> String? {
    guard let physical = Self.physicalName(name) else { return nil }
    return virtualMachine.host == nil ? noPhysicalHart : "The physical hart has no register \(physical)."
  }

  /// `scause` of `host.scause`; nil for what is no name of that kind.
  package static func physicalName(_ name: String) -> String? {
    name.hasPrefix("host.") ? String(name.dropFirst("host.".count)) : nil
  }

  /// A register of the physical hart.
  func physicalRegister(_ name: String) -> Value? {
    guard let hart = physicalHart else { return nil }
    // Assigning to one gets as far as the message that it cannot be.
    let location = Value.Location.register("host." + name)
    switch name {
    case "pc":
      if let place = virtualCPU?.cachePlace {
        var value = Value(UInt64(place.offset), .codePointer, location: location)
        value.space = .translationCache
        return value
      }
      return Value(hart.pc, .codePointer, location: location)
    case "priv":
      return Value(UInt64((virtualCPU?.physicalMode ?? hart.privilege).rawValue), .int, location: location)
    default: break
    }
    if let number = RegisterName.x(named: name) { return Value(hart.x(number), .long, location: location) }
    if let number = RegisterName.f(named: name) { return Value(hart.f(number), .float(size: 8), location: location) }
    guard let number = CSRName.number(named: name), let bits = hart.readCSR(number) else { return nil }
    return Value(bits, .long, location: location)
  }

  /// The selected hart's virtual CPU under a monitor.
  package var virtualCPU: VirtualCPU? {
    virtualMachine.cpus.indices.contains(selectedHart) ? virtualMachine.cpus[selectedHart] : nil
  }

  /// The physical hart's walk in two stages in the mode in which it runs the guest, also where the monitor is at work for it; nil
  /// where it does none.
  package func nestedWalk(_ address: UInt64, _ access: AccessKind) -> (report: WalkReport, mode: PrivilegeMode)? {
    guard technique.paging == .nested, let mode = virtualCPU?.guestMode, mode.isVirtual else { return nil }
    return physicalHart.map { ($0.walk(GuestVirtualAddress(address), access, in: mode), mode) }
  }

  /// Bytes of the host's RAM, where an address is meant so and there is one.
  func hostBytes(_ address: SpacedAddress, count: Int) -> [UInt8]? {
    guard let host = virtualMachine.host else { return nil }
    switch address.space {
    case .guestVirtual, .guestPhysical: return nil
    case .hostPhysical: return host.memory.read(GuestPhysicalAddress(address.value), count: count)
    case .translationCache:
      guard let cache = virtualMachine.codeCache, address.value < UInt64(cache.size) else { return nil }
      return host.memory.read(GuestPhysicalAddress(cache.hostAddress(of: address.value)), count: count)
    }
  }

  /// Throws for an address in the translation cache where there is none, or beyond its end.
  func requirePlace(_ address: SpacedAddress) throws(EvaluationError) {
    guard address.space == .translationCache else { return }
    guard let cache = virtualMachine.codeCache else { throw .other(noTranslationCache) }
    guard address.value < UInt64(cache.size) else {
      throw .other("\(address.text) is beyond the translation cache, which has \(grouped(UInt64(cache.size))) bytes.")
    }
  }

  /// Why there is no translation cache to look at.
  package var noTranslationCache: String {
    "There is no translation cache under \(technique).  `technique binary-translation` has one."
  }

  /// Where a host-physical address lies in the machine's memory: without a host below they are the same. Nil where no page of
  /// the guest's lies there.
  func hostPhysicalToGuest(_ address: UInt64) -> UInt64? {
    guard let host = virtualMachine.host else { return address }
    return host.frames.guestAddress(of: address)?.value
  }

  /// Throws for an address in the monitor's own frames, which are not for the person to write.
  func requireGuestMemory(_ address: SpacedAddress) throws(EvaluationError) {
    try requirePlace(address)
    if address.space == .translationCache {
      throw .other("Cannot write \(address.text): the cache is the monitor's; it follows from the guest's code.")
    }
    guard address.space == .hostPhysical, let host = virtualMachine.host else { return }
    guard host.memory.contains(address.value) else { throw .cannotAccess(address) }
    switch hostPlace(address.value) {
    case .guest: break
    case .free: throw .other("Cannot write \(address.text): the frame is nobody's; `info memory` tells how many are.")
    case .monitor, .none:
      throw .other("Cannot write \(address.text): it is the monitor's, whose tables follow from the guest's.")
    }
  }

  /// What of the host's RAM an address is, or none.
  package enum HostPlace: Equatable, Sendable {
    /// The monitor's frames.
    case monitor
    /// The guest's memory, at this guest-physical address.
    case guest(UInt64)
    /// A frame that no page of the guest's lies in.
    case free
    case none
  }
  package func hostPlace(_ address: UInt64) -> HostPlace {
    guard let host = virtualMachine.host, host.memory.contains(address) else { return .none }
    guard host.frames.tenancies(of: address) != nil else { return .monitor }
    return hostPhysicalToGuest(address).map { .guest($0) } ?? .free
  }
}
