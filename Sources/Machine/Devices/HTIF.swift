import RISCV

/// The host-target interface of Berkeley's simulators: a program talks to the world by storing to its doubleword `tohost`.
///
/// Served at turn borders: exit (an odd value: the status in the other bits), putchar (device 1, command 1), and of the proxied
/// system calls (device 0, command 0) `write` and `exit`. Other calls answer -ENOSYS; other devices are acknowledged and do nothing.
package final class HTIF {
  package let toHost: UInt64
  /// Where answers go; nil for a program that has no `fromhost`.
  package let fromHost: UInt64?
  private let memory: PhysicalMemory
  private let onOutput: (UInt8) -> Void
  private let onExit: (ExitRequest) -> Void

  private static let writeCall: UInt64 = 64
  private static let exitCall: UInt64 = 93
  private static let notImplemented = UInt64(bitPattern: -38)
  private static let badAddress = UInt64(bitPattern: -14)

  package init(
    toHost: UInt64, fromHost: UInt64?, memory: PhysicalMemory, onOutput: @escaping (UInt8) -> Void,
    onExit: @escaping (ExitRequest) -> Void
  ) {
    self.toHost = toHost
    self.fromHost = fromHost
    self.memory = memory
    self.onOutput = onOutput
    self.onExit = onExit
  }

  /// Looks for a request and serves it.
  package func poll() {
    guard let request = memory.loadDoubleword(GuestPhysicalAddress(toHost)), request != 0 else { return }
    let payload = request & 0xffff_ffff_ffff
    switch (device: request >> 56, command: request >> 48 & 0xff) {
    case (0, 0):
      if payload & 1 != 0 {
        exit(payload >> 1)
      } else {
        call(at: payload)
        answer(1)
      }
    case (1, 1):
      onOutput(UInt8(truncatingIfNeeded: payload))
      answer(request & ~0xffff_ffff_ffff | 0x100 | payload & 0xff)
    default: answer(request & ~0xffff_ffff_ffff)
    }
  }

  private func exit(_ status: UInt64) {
    memory.store(UInt64(0), to: GuestPhysicalAddress(toHost))
    onExit(status == 0 ? .success : .failure(code: status))
  }

  private func answer(_ value: UInt64) {
    memory.store(UInt64(0), to: GuestPhysicalAddress(toHost))
    if let fromHost { memory.store(value, to: GuestPhysicalAddress(fromHost)) }
  }

  /// A system call: number, then arguments, in doublewords at `address`; the result replaces the number.
  private func call(at address: UInt64) {
    let words = (0..<4).map { memory.load(GuestPhysicalAddress(address &+ 8 &* $0), as: UInt64.self) }
    guard let number = words[0], let first = words[1], let second = words[2], let third = words[3] else { return }
    var result = Self.notImplemented
    switch number {
    case Self.writeCall: result = write(from: second, count: third)
    case Self.exitCall:
      onExit(first == 0 ? .success : .failure(code: first))
      result = 0
    default: break
    }
    memory.store(result, to: GuestPhysicalAddress(address))
  }

  private func write(from address: UInt64, count: UInt64) -> UInt64 {
    guard count == 0 || memory.contains(address, count: count) else { return Self.badAddress }
    // What a program writes in one call is text; a longer piece is written in part, as `write` may.
    let count = min(count, 1 << 16)
    guard let bytes = memory.read(GuestPhysicalAddress(address), count: Int(count)) else { return Self.badAddress }
    for byte in bytes { onOutput(byte) }
    return count
  }
}
