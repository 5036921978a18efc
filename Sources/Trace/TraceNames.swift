import RISCV

/// The names that a trace writes, made ready once.
struct TraceNames {
  /// ABI names by ``RegisterNumber``.
  let registers: [PackedName]
  /// Names of CSRs by number.
  let csrs: [[UInt8]]

  init() {
    let first = Int(RegisterNumber.firstFloat)
    registers = (0..<first + 32).map {
      PackedName($0 < 32 ? RegisterName.abiX[$0] : $0 < first ? "" : RegisterName.abiF[$0 - first])
    }
    csrs = (0..<4096).map { Array(CSRName.spelling(of: $0).utf8) }
  }
}
