import Machine
import RISCV

/// One JSON object a line. Numbers of 64 bits are strings of hexadecimal digits: a JSON number keeps 53 bits in most programs.
struct JSONLines {
  private let names: TraceNames
  init(_ names: TraceNames) { self.names = names }

  /// The version of what is written, in the header. It grows when a reader would have to change.
  static let version: UInt64 = 1

  /// The first line: what was traced.
  func header(_ machine: Machine, into text: inout TraceText) {
    text.ascii("{\"vitrine-trace\":")
    text.decimal(Self.version)
    text.ascii(",\"harts\":")
    text.decimal(UInt64(machine.harts.count))
    text.ascii(",\"memory\":{\"start\":")
    text.quotedHex(machine.memory.base)
    text.ascii(",\"size\":")
    text.quotedHex(machine.configuration.memorySize)
    text.ascii("},\"turn\":")
    text.decimal(UInt64(Machine.turnLength))
    text.ascii(",\"images\":[")
    for (index, image) in machine.board.images.prefix(16).enumerated() {
      if index > 0 { text.byte(UInt8(ascii: ",")) }
      text.ascii("{\"role\":")
      quoted(image.role.rawValue, into: &text)
      text.ascii(",\"name\":")
      quoted(image.name, into: &text)
      text.byte(UInt8(ascii: "}"))
    }
    text.ascii("],\"start\":{\"n\":")
    text.decimal(machine.position)
    text.ascii(",\"clock\":")
    text.decimal(machine.clock)
    text.ascii("}}\n")
  }

  /// A file's name as a JSON string, at most 255 characters of it.
  private func quoted(_ string: String, into text: inout TraceText) {
    text.byte(UInt8(ascii: "\""))
    for scalar in string.unicodeScalars.prefix(255) {
      switch scalar {
      case "\"", "\\":
        text.byte(UInt8(ascii: "\\"))
        text.byte(UInt8(scalar.value))
      case "\0"..."\u{1f}":
        text.ascii("\\u00")
        for digit in [scalar.value >> 4, scalar.value & 15] { text.byte(UInt8(digit < 10 ? 48 + digit : 87 + digit)) }
      default: text.text(Array(String(scalar).utf8))
      }
    }
    text.byte(UInt8(ascii: "\""))
  }

  /// The guest went on from another point than the one where it stood: `seek` or `run`.
  func moved(from: UInt64, to: UInt64, into text: inout TraceText) {
    text.ascii("{\"moved\":{\"from\":")
    text.decimal(from)
    text.ascii(",\"to\":")
    text.decimal(to)
    text.ascii("}}\n")
  }

  @inline(__always)
  func instruction(
    _ retired: EventRecord, n: UInt64, _ effects: Effects, into text: inout TraceText
  ) {
    stamp(retired, n, &text)
    text.ascii(",\"bits\":")
    text.quotedHex(UInt64(retired.bits))
    let register = retired.detail
    if register != 0 {
      text.ascii(",\"")
      text.byte(register < RegisterNumber.firstFloat ? UInt8(ascii: "x") : UInt8(ascii: "f"))
      text.ascii("\":{\"")
      text.name(names.registers[Int(register)])
      text.ascii("\":")
      text.quotedHex(retired.a)
      text.byte(UInt8(ascii: "}"))
    }
    if !effects.isEmpty {
      csrs(effects, &text)
      accesses(effects, &text)
      marker(effects, &text)
    }
    text.ascii("}\n")
  }

  private func marker(_ effects: Effects, _ text: inout TraceText) {
    for record in effects where record.kind == .marker {
      let number = Int64(bitPattern: record.a)
      text.ascii(number < 0 ? ",\"marker\":-" : ",\"marker\":")
      text.decimal(number.magnitude)
    }
  }

  func trap(
    _ trap: EventRecord, n: UInt64, _ effects: Effects, into text: inout TraceText
  ) {
    stamp(trap, n, &text)
    switch trap.event?.kind {
    case .trap(let cause, let value, _, let to):
      text.ascii(",\"trap\":\"")
      text.text(Array(cause.name.utf8))
      text.ascii("\",\"cause\":")
      text.decimal(cause.rawValue)
      text.ascii(",\"tval\":")
      text.quotedHex(value)
      text.ascii(",\"to\":\"")
      text.text(Array(to.letter.utf8))
    case .interrupt(let interrupt, _, let to):
      text.ascii(",\"interrupt\":\"")
      text.text(Array(interrupt.name.utf8))
      text.ascii("\",\"cause\":")
      text.decimal(interrupt.rawValue)
      text.ascii(",\"to\":\"")
      text.text(Array(to.letter.utf8))
    default: return
    }
    text.byte(UInt8(ascii: "\""))
    csrs(effects, &text)
    text.ascii("}\n")
  }

  /// What happened between the guest and a monitor.
  func monitor(_ record: EventRecord, n: UInt64, into text: inout TraceText) {
    guard let kind = record.event?.kind else { return }
    stamp(record, n, &text)
    func named(_ kind: StaticString, _ name: String) {
      text.ascii(kind)
      text.text(Array(name.utf8))
      text.byte(UInt8(ascii: "\""))
    }
    switch kind {
    case .exit(let cause, let value, _):
      named(",\"exit\":\"", cause.name)
      text.ascii(",\"cause\":")
      text.decimal(cause.rawValue)
      text.ascii(",\"tval\":")
      text.quotedHex(value)
    case .exitByInterrupt(let interrupt):
      named(",\"exit\":\"", interrupt.name)
      text.ascii(",\"interrupt\":")
      text.decimal(interrupt.rawValue)
    case .entry(let reason, let cycles):
      named(",\"entry\":\"", reason.name)
      text.ascii(",\"cycles\":")
      text.decimal(cycles)
    case .shadow(let step, let address, let physical):
      named(",\"shadow\":\"", "\(step)")
      place(address, physical, &text)
    case .nested(let step, let address, let physical):
      named(",\"nested\":\"", "\(step)")
      place(address, physical, &text)
    case .translation(let step, let address, let unit, let cause):
      named(",\"code\":\"", "\(step)")
      text.ascii(",\"address\":")
      text.quotedHex(address)
      text.ascii(",\"unit\":")
      text.decimal(UInt64(unit))
      if step == .invalidate && cause != 0 {
        text.ascii(",\"stored\":")
        text.quotedHex(cause)
      }
      if step == .adapt { text.ascii(cause == 0 ? ",\"adapted\":false" : ",\"adapted\":true") }
      if step == .chain { text.ascii(cause == 0 ? ",\"direct\":true" : ",\"direct\":false") }
    case .fault(let kind, let address):
      named(",\"fault\":\"", kind.name)
      text.ascii(",\"address\":")
      text.quotedHex(address)
    default: break
    }
    text.ascii("}\n")
  }

  private func place(_ address: UInt64, _ physical: UInt64, _ text: inout TraceText) {
    text.ascii(",\"address\":")
    text.quotedHex(address)
    text.ascii(",\"physical\":")
    text.quotedHex(physical)
  }

  @inline(__always)
  private func stamp(_ record: EventRecord, _ n: UInt64, _ text: inout TraceText) {
    text.ascii("{\"n\":")
    text.decimal(n)
    text.ascii(",\"hart\":")
    text.byte(48 &+ record.hart)
    text.ascii(",\"clock\":")
    text.decimal(record.clock)
    text.ascii(",\"priv\":\"")
    switch record.privilege {
    case .user: text.byte(UInt8(ascii: "U"))
    case .supervisor: text.byte(UInt8(ascii: "S"))
    case .machine: text.byte(UInt8(ascii: "M"))
    case .virtualUser: text.ascii("VU")
    case .virtualSupervisor: text.ascii("VS")
    }
    text.ascii("\",\"pc\":")
    text.quotedHex(record.pc)
  }

  /// Registers by the name that the instruction gives them, and those that hold the bits.
  private func csrs(_ effects: Effects, _ text: inout TraceText) {
    var named: UInt32?
    var isFirst = true
    for index in 0..<effects.count {
      let record = effects[index]
      let value: UInt64
      switch record.kind {
      case .csrWrite:
        named = record.bits
        value = record.b
      case .effect where record.bits != named: value = record.a
      default: continue
      }
      text.ascii(isFirst ? ",\"csr\":{\"" : ",\"")
      isFirst = false
      text.text(names.csrs[Int(record.bits)])
      text.ascii("\":")
      text.quotedHex(value)
    }
    if !isFirst { text.byte(UInt8(ascii: "}")) }
  }

  private func accesses(_ effects: Effects, _ text: inout TraceText) {
    var isFirst = true
    effects.forEachAccess { access in
      text.ascii(isFirst ? ",\"mem\":[{\"" : ",{\"")
      isFirst = false
      text.ascii(access.kind == .load ? "load\":" : access.kind == .store ? "store\":" : "update\":")
      text.quotedHex(access.address)
      text.ascii(",\"physical\":")
      text.quotedHex(access.physical)
      text.ascii(",\"width\":")
      text.byte(48 &+ UInt8(access.width))
      if access.kind != .load && access.physical >= MemoryMap.memory {
        text.ascii(",\"old\":")
        text.quotedHex(access.old)
      }
      text.ascii(",\"value\":")
      text.quotedHex(access.value)
      text.byte(UInt8(ascii: "}"))
    }
    if !isFirst { text.byte(UInt8(ascii: "]")) }
  }
}
