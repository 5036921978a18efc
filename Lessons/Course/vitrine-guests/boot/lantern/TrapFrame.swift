/// A program's state while the kernel runs: trap.S writes it at the top of the process's kernel stack, and reads it back.
struct TrapFrame {
  /// x0 to x31; x0 is not used.
  var registers: InlineArray<32, UInt64>
  /// sepc: the instruction that trapped, or the one to go on with.
  var pc: UInt64
  /// sstatus.
  var status: UInt64
  /// scause and stval.
  var cause: UInt64
  var value: UInt64
  /// The `tp` of the kernel.
  var hart: UInt64
  private var unused: UInt64
  /// A frame record, as a function's prologue would have written it, that leads to the interrupted function.
  private var recordFP: UInt64
  private var recordRA: UInt64

  static let size: UInt64 = 320

  /// A program's first state. sstatus.SPIE: interrupts are on once it runs; SPP = 0: it runs in user mode.
  init(pc: VirtualAddress, sp: VirtualAddress) {
    registers = InlineArray(repeating: 0)
    registers[2] = sp.bits
    self.pc = pc.bits
    status = 1 << 5
    cause = 0
    value = 0
    hart = 0
    unused = 0
    recordFP = 0
    recordRA = pc.bits
  }

  /// The registers of the calling convention: a0 to a7 are x10 to x17.
  func argument(_ index: Int) -> UInt64 { registers[10 + index] }
  mutating func setResult(_ value: UInt64) { registers[10] = value }

  var isFromUser: Bool { status & 1 << 8 == 0 }
}
