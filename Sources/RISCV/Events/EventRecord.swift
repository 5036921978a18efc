/// One event as the engine writes it down: plain data of a fixed size, so that a hart can leave thousands of them in a buffer.
/// What `a` to `d`, `bits` and `detail` hold depends on the kind.
package struct EventRecord: Sendable {
  package enum Kind: UInt8, Sendable {
    /// `bits`: the encoding as fetched; `detail`: the ``RegisterNumber`` that was written, 0 for none; `a`: its new value.
    case retired
    /// `bits`: cause; `a`: what went to `mtval`; `detail`: modes.
    case trap
    /// `bits`: number of the interrupt; `detail`: modes.
    case interrupt
    /// `detail`: modes.
    case privilege
    /// `bits`: number of the CSR as the instruction names it; `a`: before; `b`: after.
    case csrWrite
    /// `bits`: number of the CSR; `a`: its value.
    case csrRead
    /// A register that an instruction or a trap wrote, by whatever name. `bits`: number of the CSR; `a`: its value; where
    /// `detail` is 1, `b` is what `mvip` would be if the machine had it.
    case effect
    /// `detail`: width; `a`: address; `b`: physical address; `c`, `d`: the value.
    case load
    /// `detail`: width; `a`: address; `b`: physical address; `c`: what lay there; `d`: the value.
    case store
    /// An atomic memory operation: as `store`, and `c` was read.
    case update
    /// `detail`: kind of access; `a`: address; `b`: physical address.
    case tlbFill
    case tlbFlush
    /// `detail`: kind of access; `a`: address; `b`: physical address.
    case staleTranslation
    case wait
    /// `detail`: ``BalloonStep``; `a`: pages; `b`: pages given up then.
    case balloon
    /// `a`: the number, sign-extended.
    case marker
    /// `bits`: cause; `a`: the trap's value; `b`: physical address. Where `detail` is 1, `bits` is the number of an interrupt.
    case exit
    /// `a`: instructions.
    case overdue
    /// `detail`: ``ExitReason``; `a`: cycles.
    case entry
    /// `detail`: ``ShadowStep`` or ``NestedStep``; `a`: address; `b`: physical address.
    case shadow
    case nested
    /// `detail`: ``TranslationStep``; `a`: address; `b`: unit; `c`: cause.
    case translation
    /// `detail`: ``FaultClass``; `a`: address.
    case fault
  }

  package var kind: Kind
  /// Index of the hart.
  package var hart: UInt8
  /// The privilege mode before the event.
  package var privilege: PrivilegeMode
  package var detail: UInt8
  package var bits: UInt32
  /// Address of the instruction that the event belongs to.
  package var pc: UInt64
  /// Instructions retired by this hart before that one.
  package var retired: UInt64
  /// The guest's clock, in clock units.
  package var clock: UInt64
  package var a: UInt64
  package var b: UInt64
  package var c: UInt64
  package var d: UInt64

  @inline(__always)
  init(
    _ kind: Kind, _ h: HartPointer, privilege: PrivilegeMode, detail: UInt8 = 0, bits: UInt32 = 0, a: UInt64 = 0,
    b: UInt64 = 0, c: UInt64 = 0, d: UInt64 = 0
  ) {
    self.kind = kind
    hart = UInt8(truncatingIfNeeded: h.s.pointee.index)
    self.privilege = privilege
    self.detail = detail
    self.bits = bits
    pc = h.s.pointee.pc
    retired = h.s.pointee.retired
    clock = h.s.pointee.clock
    self.a = a
    self.b = b
    self.c = c
    self.d = d
  }

  /// Two modes in one byte.
  static func modes(from: PrivilegeMode, to: PrivilegeMode) -> UInt8 { from.rawValue | to.rawValue << 4 }
  package var from: PrivilegeMode { PrivilegeMode(rawValue: detail & 15)! }
  package var to: PrivilegeMode { PrivilegeMode(rawValue: detail >> 4)! }
}

/// A register of a hart by one number: 0 none, 1 to 31 `x`, 40 to 71 `f`.
package enum RegisterNumber {
  package static let firstFloat: UInt8 = UInt8(HartPointer.firstFloat)
}

extension EventRecord {
  /// The event as handlers see it; nil for an effect, which belongs to its instruction's other events.
  package var event: Event? {
    kindAsEvent.map {
      Event(kind: $0, hart: Int(hart), cycle: clock, retired: retired, pc: pc, privilege: privilege)
    }
  }

  private var kindAsEvent: Event.Kind? {
    switch kind {
    case .retired: .retired(bits: bits)
    case .trap: .trap(cause: ExceptionCause(rawValue: UInt64(bits))!, value: a, from: from, to: to)
    case .interrupt: .interrupt(Interrupt(rawValue: UInt64(bits))!, from: from, to: to)
    case .privilege: .privilege(from: from, to: to)
    case .csrWrite: .csrWrite(number: UInt16(bits), old: a, new: b)
    case .csrRead: .csrRead(number: UInt16(bits), value: a)
    case .effect: nil
    case .load: .memory(.load, address: a, physical: b, width: AccessWidth(rawValue: detail)!, old: c, new: d)
    case .store, .update:
      .memory(.store, address: a, physical: b, width: AccessWidth(rawValue: detail)!, old: c, new: d)
    case .tlbFill: .tlbFill(address: a, physical: b, AccessKind(rawValue: detail)!)
    case .tlbFlush: .tlbFlush
    case .staleTranslation: .staleTranslation(AccessKind(rawValue: detail)!, address: a, physical: b)
    case .wait: .wait
    case .balloon: .balloon(BalloonStep(rawValue: detail)!, pages: a, total: b)
    case .marker: .marker(Int(Int64(bitPattern: a)))
    case .exit where detail == 1: .exitByInterrupt(Interrupt(rawValue: UInt64(bits))!)
    case .exit: .exit(cause: ExceptionCause(rawValue: UInt64(bits))!, value: a, physical: b)
    case .overdue: .overdue(a)
    case .entry: .entry(ExitReason(rawValue: detail)!, cycles: a)
    case .shadow: .shadow(ShadowStep(rawValue: detail)!, address: a, physical: b)
    case .nested: .nested(NestedStep(rawValue: detail)!, address: a, physical: b)
    case .translation: .translation(TranslationStep(rawValue: detail)!, address: a, unit: Int(b), cause: c)
    case .fault: .fault(FaultClass(rawValue: detail)!, address: a)
    }
  }
}

extension HartPointer {
  /// Leaves an event for the machine.
  func record(_ kind: Event.Kind) {
    let mode = s.pointee.privilege
    let record =
      switch kind {
      case .retired(let bits): EventRecord(.retired, self, privilege: mode, bits: bits)
      case .trap(let cause, let value, let from, let to):
        EventRecord(
          .trap, self, privilege: mode, detail: EventRecord.modes(from: from, to: to), bits: UInt32(cause.rawValue),
          a: value)
      case .interrupt(let interrupt, let from, let to):
        EventRecord(
          .interrupt, self, privilege: mode, detail: EventRecord.modes(from: from, to: to),
          bits: UInt32(interrupt.rawValue))
      case .privilege(let from, let to):
        EventRecord(.privilege, self, privilege: mode, detail: EventRecord.modes(from: from, to: to))
      case .csrWrite(let number, let old, let new):
        EventRecord(.csrWrite, self, privilege: mode, bits: UInt32(number), a: old, b: new)
      case .csrRead(let number, let value):
        EventRecord(.csrRead, self, privilege: mode, bits: UInt32(number), a: value)
      case .memory(let access, let address, let physical, let width, let old, let new):
        EventRecord(
          access == .load ? .load : .store, self, privilege: mode, detail: width.rawValue, a: address, b: physical,
          c: old, d: new)
      case .tlbFill(let address, let physical, let access):
        EventRecord(.tlbFill, self, privilege: mode, detail: access.rawValue, a: address, b: physical)
      case .tlbFlush: EventRecord(.tlbFlush, self, privilege: mode)
      case .staleTranslation(let access, let address, let physical):
        EventRecord(.staleTranslation, self, privilege: mode, detail: access.rawValue, a: address, b: physical)
      case .wait: EventRecord(.wait, self, privilege: mode)
      case .balloon(let step, let pages, let total):
        EventRecord(.balloon, self, privilege: mode, detail: step.rawValue, a: pages, b: total)
      case .marker(let number):
        EventRecord(.marker, self, privilege: mode, a: UInt64(bitPattern: Int64(number)))
      case .exit(let cause, let value, let physical):
        EventRecord(.exit, self, privilege: mode, bits: UInt32(cause.rawValue), a: value, b: physical)
      case .exitByInterrupt(let interrupt):
        EventRecord(.exit, self, privilege: mode, detail: 1, bits: UInt32(interrupt.rawValue))
      case .overdue(let count): EventRecord(.overdue, self, privilege: mode, a: count)
      case .entry(let reason, let cycles):
        EventRecord(.entry, self, privilege: mode, detail: reason.rawValue, a: cycles)
      case .shadow(let step, let address, let physical):
        EventRecord(.shadow, self, privilege: mode, detail: step.rawValue, a: address, b: physical)
      case .nested(let step, let address, let physical):
        EventRecord(.nested, self, privilege: mode, detail: step.rawValue, a: address, b: physical)
      case .translation(let step, let address, let unit, let cause):
        EventRecord(
          .translation, self, privilege: mode, detail: step.rawValue, a: address, b: UInt64(unit), c: cause)
      case .fault(let kind, let address):
        EventRecord(.fault, self, privilege: mode, detail: kind.rawValue, a: address)
      }
    append(record, isUrgent: s.pointee.urgentMask.contains(kind.mask))
  }

  /// Leaves a record in the buffer. An urgent one has the machine look at it after this instruction; others wait until the
  /// run ends or the buffer is nearly full.
  @inline(__always)
  func append(_ record: EventRecord, isUrgent: Bool) {
    let count = s.pointee.recordCount
    // SAFETY: whoever runs instructions stops for attention between `full` and the end, which no single one fills.
    s.pointee.records[count] = record
    s.pointee.recordCount = count + 1
    if isUrgent { s.pointee.hasUrgentEvents = true }
    if isUrgent || count >= s.pointee.recordLimit {
      s.pointee.recheck = true
      s.pointee.wantsAttention = true
    }
  }
}
