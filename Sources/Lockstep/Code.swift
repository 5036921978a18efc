import RISCV

/// Machine code under construction at a fixed address, with labels of its own.
struct Code {
  let start: UInt64
  private(set) var bytes: [UInt8] = []
  private var labels: [String: UInt64] = [:]
  private var pending: [(place: UInt64, text: String, label: String)] = []

  init(at start: UInt64) { self.start = start }

  var here: UInt64 { start + UInt64(bytes.count) }

  /// - Precondition: the harness's lines are correct.
  mutating func add(_ line: String) {
    do { bytes += try Assembler.assemble(line, at: here) } catch { fatalError("\(line): \(error)") }
  }

  mutating func word(_ bits: UInt32) {
    for shift in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: bits >> (8 * UInt32(shift)))) }
  }

  /// Loads an address that is within 2 GiB of the code.
  mutating func address(_ register: String, _ target: UInt64) {
    let distance = Int64(bitPattern: target &- here)
    let high = (distance + 0x800) >> 12
    add("auipc \(register), \(high & 0xfffff)")
    add("addi \(register), \(register), \(distance - high << 12)")
  }

  mutating func label(_ name: String) { labels[name] = here }

  /// Where a label is, from the start of the code.
  func offset(of label: String) -> UInt64 {
    guard let place = labels[label] else { preconditionFailure("no label \(label)") }
    return place - start
  }

  /// A branch or jump whose target follows as its last operand; the label may come later.
  mutating func branch(_ text: String, to label: String) {
    pending.append((here, text, label))
    bytes += [0, 0, 0, 0]
  }

  /// A far jump around which a branch on the opposite condition goes.
  mutating func jump(unless condition: String, to label: String) {
    add("\(condition), .+8")
    branch("jal zero", to: label)
  }

  /// The code with all labels resolved.
  func linked() -> [UInt8] {
    var linked = bytes
    for (place, text, label) in pending {
      guard let target = labels[label] else { preconditionFailure("no label \(label)") }
      do {
        let bits = try Assembler.assemble(
          "\(text), .\(target >= place ? "+" : "-")\(target >= place ? target - place : place - target)", at: place)
        linked.replaceSubrange(Int(place - start)..<Int(place - start) + 4, with: bits)
      } catch { fatalError("\(text): \(error)") }
    }
    return linked
  }
}
