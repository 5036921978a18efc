import RISCV

/// Why a guest ended its run, by the test finisher or by HTIF.
package enum ExitRequest: Sendable, Equatable {
  case success
  /// The guest's own number for what went wrong, perhaps zero.
  case failure(code: UInt64)
  /// The guest asks for a machine reset.
  case reset
}

/// SiFive's test finisher, with which a guest powers the machine off or resets it (`sifive,test1`).
///
/// One register at offset 0, written as halfword or word: 0x5555 is success, 0x3333 failure with its code in the upper half,
/// 0x7777 reset. Other values do nothing; reads give zero.
package final class TestFinisher: Device {
  package let name = "test"
  package let windowSize: UInt64 = 0x1000
  private let onExit: (ExitRequest) -> Void

  package init(onExit: @escaping (ExitRequest) -> Void) { self.onExit = onExit }

  package func reset() {}

  package func read(offset: UInt64, width: AccessWidth) throws(DeviceFault) -> UInt64 {
    guard width == .half || width == .word else { throw DeviceFault() }
    return 0
  }

  package func write(_ value: UInt64, offset: UInt64, width: AccessWidth) throws(DeviceFault) {
    guard width == .half || width == .word else { throw DeviceFault() }
    guard offset == 0 else { return }
    switch value & 0xffff {
    case 0x5555: onExit(.success)
    case 0x3333: onExit(.failure(code: value >> 16))
    case 0x7777: onExit(.reset)
    default: return
    }
  }
}
