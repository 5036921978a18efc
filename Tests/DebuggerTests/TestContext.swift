import Debugger

/// A small machine for expressions: a few registers, 64 KiB of memory at 0x1000, two symbols.
final class TestContext: EvaluationContext {
  var registers: [String: UInt64] = ["a0": 5, "a1": .max, "sp": 0x2000, "pc": 0x1000, "x10": 5]
  var memory = [UInt8](repeating: 0, count: 0x10000)
  var variables: [String: Value] = [:]
  var valueHistory: [Value] = []
  var warnings: [String] = []

  func register(_ name: String) -> Value? {
    guard let bits = registers[name] else { return nil }
    let type: ValueType = name == "pc" ? .codePointer : name == "sp" ? .pointer(to: .void) : .long
    return Value(bits, type, location: .register(name))
  }
  func setRegister(_ name: String, _ bits: UInt64) throws(EvaluationError) { registers[name] = bits }
  func readMemory(_ address: SpacedAddress, count: Int) throws(EvaluationError) -> [UInt8] {
    guard address.value >= 0x1000, address.value < 0x1_0000, count <= 0x1000 else { throw .cannotAccess(address) }
    let start = Int(address.value) - 0x1000
    return Array(memory[start..<(start + count)])
  }
  func writeMemory(_ address: SpacedAddress, _ bytes: [UInt8]) throws(EvaluationError) {
    guard address.value >= 0x1000, address.value < 0x1_0000 else { throw .cannotAccess(address) }
    memory.replaceSubrange(Int(address.value) - 0x1000..<Int(address.value) - 0x1000 + bytes.count, with: bytes)
  }
  func symbol(named name: String) -> (address: UInt64, isCode: Bool)? {
    ["main": (0x1000, true), "counter": (0x3000, false)][name]
  }
  func symbolText(_ address: UInt64) -> String? {
    if (0x1000..<0x1040).contains(address) { return address == 0x1000 ? "main" : "main+\(address - 0x1000)" }
    return address == 0x3000 ? "counter" : nil
  }
  func warn(_ text: String) { warnings.append(text) }

  /// What `print` would show, warnings and errors included.
  func shown(_ text: String, _ format: ValueFormat? = nil) -> String {
    warnings = []
    do {
      let value = try evaluate(text)
      return (warnings + [ValueFormatter(symbolText: symbolText).text(value, format)]).joined(separator: "\n")
    } catch {
      return (warnings + [error.description]).joined(separator: "\n")
    }
  }
}
