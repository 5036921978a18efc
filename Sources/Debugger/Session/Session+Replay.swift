import Hypervisor
import Machine
import RISCV

/// A store that `info writer` found.
package struct StoreRecord: Sendable {
  package var position: UInt64
  package var retired: UInt64
  package var hart: Int
  package var pc: UInt64
  package var instruction: String
  package var address: UInt64
  package var physical: UInt64
  package var width: AccessWidth
  package var old: UInt64
  package var new: UInt64
  package var returnAddress: UInt64
}

// Earlier points of a run are reached by running again: the same configuration, input log and changes give the same state.
extension Session {
  /// Goes to the point at which `position` instructions have retired. False when Ctrl-C stopped it: the guest stays where it was.
  package func seek(_ position: UInt64) throws(DebuggerError) -> Bool {
    // At the same position traps may have been taken since it was reached: the point meant is the first.
    if position > machine.position {
      updateHooks()
      isReplaying = true
      defer { isReplaying = false }
      return try advance(virtualMachine, to: position)
    }
    let fresh = try replica(under: technique)
    guard try advance(fresh, to: position) else { return false }
    isReplaying = true
    defer { isReplaying = false }
    changes.removeAll { $0.position > position }
    let old = virtualMachine
    replace(with: fresh)
    withExtendedLifetime(old) {}
    return true
  }

  /// A new machine that will take the same input at the same times. What it costs counts at the prices of now.
  func replica(under technique: Technique) throws(DebuggerError) -> VirtualMachine {
    if let disk = configuration.disks.first(where: { $0.mode == .readWrite }) {
      throw .other(
        "The guest writes to the file \(disk.path), so its run cannot be repeated from the start. "
          + "Without ,rw (vitrine qemu: with -snapshot) it can.")
    }
    let fresh = try rebuild(under: technique)
    fresh.machine.board.consoleInput.replay(machine.board.consoleInput.arrivals)
    fresh.machine.board.balloonRequests.replay(machine.board.balloonRequests.arrivals)
    followLoader(of: fresh)
    return fresh
  }

  /// Tells a virtual machine that runs on its own when S-mode goes from the loader to the kernel, for its ledger.
  private func followLoader(of virtual: VirtualMachine) {
    var stages: [UInt64: ImageStage] = [:]
    for image in images.all {
      guard let stage = image.stage, stage == .loader || stage == .kernel else { continue }
      for entry in image.entries { stages[entry] = stage }
    }
    let kernel = virtual.machine.board.images.first { $0.role == .kernel }?.name.lowercased() ?? ""
    virtual.isLoading = stages.values.contains(.loader) || Self.isLoaderName(kernel)
    guard !stages.isEmpty else { return }
    virtual.machine.breakpoints = Set(stages.keys)
    virtual.machine.breakpointHit = { [stages, unowned virtual] hart, pc in
      if hart.privilege.level == 1, let stage = stages[pc], virtual.isLoading != (stage == .loader) {
        virtual.isLoading = stage == .loader
      }
      return false
    }
  }

  /// Runs a machine to a position, making the person's changes on the way when it is a replica.
  func advance(_ virtual: VirtualMachine, to position: UInt64) throws(DebuggerError) -> Bool {
    let other = virtual.machine
    interruptFlag.attach(other.stopRequest)
    defer { interruptFlag.attach(machine.stopRequest) }
    var left = other === machine ? [] : changes[...]
    while true {
      while let next = left.first, next.position <= other.position {
        if next.position == other.position { apply(next.change, to: virtual) }
        left.removeFirst()
      }
      guard other.position < position else { return true }
      if takeInterrupt() { return false }
      let goal = min(position, left.first?.position ?? position)
      let count = goal - other.position
      switch other.run(limit: other === machine ? beforeInterrupt(count) : count, stepLimit: 20_000_000) {
      case .limit, .breakpoint, .watch, .event: continue
      case .requested:
        noteInterrupt()
        return false
      case .exited(.reset):
        do { try other.reset() } catch { throw .machine(error) }
      case .exited, .idleForever:
        if other === machine { return true }
        guard other.position < goal else { continue }
        throw .other(
          "The guest ends at retired \(grouped(other.position)); it never retires \(grouped(position)) instructions.")
      }
    }
  }

  private func apply(_ change: Change, to other: VirtualMachine) {
    switch change {
    case .register(let hart, let name, let bits): try? setRegister(name, bits, of: hart, in: other)
    case .memory(let address, let bytes): setMemory(address, bytes, in: other)
    }
  }

  /// The last stores to a range of memory, newest first, at most `count` of them; nil when Ctrl-C stopped the search.
  package func writers(_ physical: UInt64, count byteCount: Int, keep: Int) throws(DebuggerError) -> [StoreRecord]? {
    let virtual = try replica(under: technique)
    let other = virtual.machine
    var found: [StoreRecord] = []
    other.watchedRanges = [
      WatchedRange(space: .physical, address: physical, count: UInt64(byteCount), onLoad: false, onStore: true)
    ]
    other.watchHit = { [unowned self, unowned other] hart, event in
      guard case .memory(.store, let address, let physical, let width, let old, let new) = event.kind else {
        return false
      }
      let position = other.harts.count == 1 ? event.retired : other.position &- 1
      // The instruction is read at once: its page may be gone later.
      let code = withHart(hart) { hart.physicalAddress(of: GuestVirtualAddress(event.pc))?.value }
      let bits = code.flatMap { other.memory.load(GuestPhysicalAddress($0), as: UInt32.self) } ?? 0
      if found.count >= keep { found.removeFirst() }
      found.append(
        StoreRecord(
          position: position, retired: event.retired, hart: hart.index, pc: event.pc,
          instruction: instructionText(bits & 3 == 3 ? bits : bits & 0xffff, at: event.pc), address: address,
          physical: physical, width: width, old: old, new: new, returnAddress: hart.x(1)))
      return false
    }
    let here = machine.position
    guard try advance(virtual, to: here) else { return nil }
    return found.reversed()
  }
}
