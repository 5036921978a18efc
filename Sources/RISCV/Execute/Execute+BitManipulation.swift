// "B" Extension for Bit Manipulation: Zba, Zbb and Zbs.
extension Execute {
  @inline(__always) private static func word(_ value: UInt64) -> UInt64 { value & 0xffff_ffff }

  @inline(__always) static func addUw(_ h: HartPointer, _ op: Op) { h.rd(op, word(h.rs1(op)) &+ h.rs2(op)) }
  @inline(__always) static func sh1add(_ h: HartPointer, _ op: Op) { h.rd(op, h.rs1(op) &<< 1 &+ h.rs2(op)) }
  @inline(__always) static func sh2add(_ h: HartPointer, _ op: Op) { h.rd(op, h.rs1(op) &<< 2 &+ h.rs2(op)) }
  @inline(__always) static func sh3add(_ h: HartPointer, _ op: Op) { h.rd(op, h.rs1(op) &<< 3 &+ h.rs2(op)) }
  @inline(__always) static func sh1addUw(_ h: HartPointer, _ op: Op) { h.rd(op, word(h.rs1(op)) &<< 1 &+ h.rs2(op)) }
  @inline(__always) static func sh2addUw(_ h: HartPointer, _ op: Op) { h.rd(op, word(h.rs1(op)) &<< 2 &+ h.rs2(op)) }
  @inline(__always) static func sh3addUw(_ h: HartPointer, _ op: Op) { h.rd(op, word(h.rs1(op)) &<< 3 &+ h.rs2(op)) }
  @inline(__always) static func slliUw(_ h: HartPointer, _ op: Op) {
    h.rd(op, word(h.rs1(op)) &<< UInt64(bitPattern: op.imm))
  }

  @inline(__always) static func andn(_ h: HartPointer, _ op: Op) { h.rd(op, h.rs1(op) & ~h.rs2(op)) }
  @inline(__always) static func orn(_ h: HartPointer, _ op: Op) { h.rd(op, h.rs1(op) | ~h.rs2(op)) }
  @inline(__always) static func xnor(_ h: HartPointer, _ op: Op) { h.rd(op, ~(h.rs1(op) ^ h.rs2(op))) }
  @inline(__always) static func clz(_ h: HartPointer, _ op: Op) { h.rd(op, UInt64(h.rs1(op).leadingZeroBitCount)) }
  @inline(__always) static func ctz(_ h: HartPointer, _ op: Op) { h.rd(op, UInt64(h.rs1(op).trailingZeroBitCount)) }
  @inline(__always) static func cpop(_ h: HartPointer, _ op: Op) { h.rd(op, UInt64(h.rs1(op).nonzeroBitCount)) }
  @inline(__always) static func clzw(_ h: HartPointer, _ op: Op) {
    h.rd(op, UInt64(low(h.rs1(op)).leadingZeroBitCount))
  }
  @inline(__always) static func ctzw(_ h: HartPointer, _ op: Op) {
    h.rd(op, UInt64(low(h.rs1(op)).trailingZeroBitCount))
  }
  @inline(__always) static func cpopw(_ h: HartPointer, _ op: Op) { h.rd(op, UInt64(low(h.rs1(op)).nonzeroBitCount)) }
  @inline(__always) static func max(_ h: HartPointer, _ op: Op) {
    let (a, b) = (h.rs1(op), h.rs2(op))
    h.rd(op, Int64(bitPattern: a) < Int64(bitPattern: b) ? b : a)
  }
  @inline(__always) static func maxu(_ h: HartPointer, _ op: Op) {
    let (a, b) = (h.rs1(op), h.rs2(op))
    h.rd(op, a < b ? b : a)
  }
  @inline(__always) static func min(_ h: HartPointer, _ op: Op) {
    let (a, b) = (h.rs1(op), h.rs2(op))
    h.rd(op, Int64(bitPattern: a) < Int64(bitPattern: b) ? a : b)
  }
  @inline(__always) static func minu(_ h: HartPointer, _ op: Op) {
    let (a, b) = (h.rs1(op), h.rs2(op))
    h.rd(op, a < b ? a : b)
  }
  @inline(__always) static func sextB(_ h: HartPointer, _ op: Op) {
    h.rd(op, UInt64(bitPattern: Int64(Int8(truncatingIfNeeded: h.rs1(op)))))
  }
  @inline(__always) static func sextH(_ h: HartPointer, _ op: Op) {
    h.rd(op, UInt64(bitPattern: Int64(Int16(truncatingIfNeeded: h.rs1(op)))))
  }
  @inline(__always) static func zextH(_ h: HartPointer, _ op: Op) { h.rd(op, h.rs1(op) & 0xffff) }

  @inline(__always) private static func rotateRight(_ value: UInt64, _ count: UInt64) -> UInt64 {
    value &>> count | value &<< (0 &- count)
  }
  @inline(__always) private static func rotateRight(_ value: UInt32, _ count: UInt32) -> UInt32 {
    value &>> count | value &<< (0 &- count)
  }
  @inline(__always) static func rol(_ h: HartPointer, _ op: Op) { h.rd(op, rotateRight(h.rs1(op), 0 &- h.rs2(op))) }
  @inline(__always) static func ror(_ h: HartPointer, _ op: Op) { h.rd(op, rotateRight(h.rs1(op), h.rs2(op))) }
  @inline(__always) static func rori(_ h: HartPointer, _ op: Op) {
    h.rd(op, rotateRight(h.rs1(op), UInt64(bitPattern: op.imm)))
  }
  @inline(__always) static func rolw(_ h: HartPointer, _ op: Op) {
    h.rd(op, word: rotateRight(low(h.rs1(op)), 0 &- low(h.rs2(op))))
  }
  @inline(__always) static func rorw(_ h: HartPointer, _ op: Op) {
    h.rd(op, word: rotateRight(low(h.rs1(op)), low(h.rs2(op))))
  }
  @inline(__always) static func roriw(_ h: HartPointer, _ op: Op) {
    h.rd(op, word: rotateRight(low(h.rs1(op)), UInt32(truncatingIfNeeded: op.imm)))
  }
  @inline(__always) static func orcB(_ h: HartPointer, _ op: Op) {
    // Bit 7 of each byte is set when any bit of it is; then it is spread over the byte.
    let value = h.rs1(op)
    let low7: UInt64 = 0x7f7f_7f7f_7f7f_7f7f
    let any = ((value & low7) &+ low7 | value) & ~low7
    h.rd(op, (any &>> 7) &* 0xff)
  }
  @inline(__always) static func rev8(_ h: HartPointer, _ op: Op) { h.rd(op, h.rs1(op).byteSwapped) }

  @inline(__always) static func bclr(_ h: HartPointer, _ op: Op) { h.rd(op, h.rs1(op) & ~(1 &<< h.rs2(op))) }
  @inline(__always) static func bclri(_ h: HartPointer, _ op: Op) {
    h.rd(op, h.rs1(op) & ~(1 &<< UInt64(bitPattern: op.imm)))
  }
  @inline(__always) static func bext(_ h: HartPointer, _ op: Op) { h.rd(op, h.rs1(op) &>> h.rs2(op) & 1) }
  @inline(__always) static func bexti(_ h: HartPointer, _ op: Op) {
    h.rd(op, h.rs1(op) &>> UInt64(bitPattern: op.imm) & 1)
  }
  @inline(__always) static func binv(_ h: HartPointer, _ op: Op) { h.rd(op, h.rs1(op) ^ (1 &<< h.rs2(op))) }
  @inline(__always) static func binvi(_ h: HartPointer, _ op: Op) {
    h.rd(op, h.rs1(op) ^ (1 &<< UInt64(bitPattern: op.imm)))
  }
  @inline(__always) static func bset(_ h: HartPointer, _ op: Op) { h.rd(op, h.rs1(op) | 1 &<< h.rs2(op)) }
  @inline(__always) static func bseti(_ h: HartPointer, _ op: Op) {
    h.rd(op, h.rs1(op) | 1 &<< UInt64(bitPattern: op.imm))
  }
}
