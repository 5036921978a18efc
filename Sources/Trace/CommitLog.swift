import RISCV

/// The form of `spike --log-commits`, line for line: the instructions that retired, what they wrote, and the addresses that they
/// loaded from. Traps have no line there.
struct CommitLog {
  /// A register with Spike's key for it: its number times 16, plus 0 for `x`, 1 for `f`, 4 for a CSR. They are written in
  /// the order of their keys.
  private struct Write {
    var key: UInt32
    var value: UInt64
  }

  private let names: TraceNames
  init(_ names: TraceNames) { self.names = names }

  @inline(__always)
  func instruction(
    _ retired: EventRecord, _ effects: Effects, into text: inout TraceText
  ) {
    text.ascii("core   ")
    text.byte(48 &+ retired.hart)
    text.ascii(": ")
    text.byte(48 &+ retired.privilege.level)
    text.byte(32)
    text.hex(retired.pc, bytes: 8)
    text.ascii(" (")
    text.hex(UInt64(retired.bits), bytes: retired.bits & 3 == 3 ? 4 : 2)
    text.byte(UInt8(ascii: ")"))
    if effects.isEmpty {
      if retired.detail != 0 { write(key(retired.detail), retired.a, &text) }
    } else {
      unusual(retired, effects, &text)
    }
    text.byte(10)
  }

  @inline(__always)
  private func key(_ register: UInt8) -> UInt32 {
    let first = RegisterNumber.firstFloat
    return register < first ? UInt32(register) &<< 4 : UInt32(register &- first) &<< 4 | 1
  }

  /// Registers in the order of their keys, loads, stores.
  private func unusual(_ retired: EventRecord, _ effects: Effects, _ text: inout TraceText) {
    var isPlain = true
    for index in 0..<effects.count where effects[index].kind == .effect { isPlain = false }
    if isPlain {
      if retired.detail != 0 { write(key(retired.detail), retired.a, &text) }
    } else {
      registers(retired, effects, &text)
    }
    var storeCount = 0
    effects.forEachAccess { access in
      if access.kind != .store {
        text.ascii(" mem ")
        text.hex(access.address, bytes: 8)
      }
      if access.kind != .load { storeCount += 1 }
    }
    if storeCount == 0 { return }
    effects.forEachAccess { access in
      guard access.kind != .load else { return }
      // Spike has `cbo.zero` store single bytes.
      let width = storeCount == 1 ? Int(access.width) : 1
      for offset in stride(from: 0, to: Int(access.width), by: width) {
        text.ascii(" mem ")
        text.hex(access.address &+ UInt64(offset), bytes: 8)
        text.byte(32)
        text.hex(access.value &>> UInt64(8 &* offset), bytes: width)
      }
    }
  }

  private func registers(_ retired: EventRecord, _ effects: Effects, _ text: inout TraceText) {
    var writes: [Write] = []
    for effect in effects where effect.kind == .effect {
      add(Write(key: effect.bits &<< 4 | 4, value: effect.a), to: &writes)
      // For Spike `mip.SEIP` is an alias of `mvip.SEIP`, which it logs though the machine has no `mvip`.
      if effect.detail != 0 { add(Write(key: Self.mvip &<< 4 | 4, value: effect.b), to: &writes) }
    }
    if retired.detail != 0 { add(Write(key: key(retired.detail), value: retired.a), to: &writes) }
    for entry in writes { write(entry.key, entry.value, &text) }
  }
  private static let mvip = UInt32(CSRName.anyNumber(named: "mvip")!)

  /// Keeps the last value of each register, in order.
  private func add(_ new: Write, to writes: inout [Write]) {
    var index = writes.endIndex
    while index > 0, writes[index - 1].key >= new.key {
      index -= 1
      if writes[index].key == new.key {
        writes[index].value = new.value
        return
      }
    }
    writes.insert(new, at: index)
  }

  private func write(_ key: UInt32, _ value: UInt64, _ text: inout TraceText) {
    text.byte(32)
    let number = UInt64(key &>> 4)
    if key & 15 == 4 {
      text.byte(UInt8(ascii: "c"))
      text.decimal(number)
      text.byte(UInt8(ascii: "_"))
      text.text(names.csrs[Int(number)])
    } else {
      text.byte(key & 1 == 0 ? UInt8(ascii: "x") : UInt8(ascii: "f"))
      text.decimal(number)
      if number < 10 { text.byte(32) }
    }
    text.byte(32)
    text.hex(value, bytes: 8)
  }
}
