/// Register names of the psABI ("RISC-V Calling Conventions", Register Convention).
package enum RegisterName {
  package static let abiX: [String] = [
    "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5",
    "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
  ]
  package static let abiF: [String] = [
    "ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7", "fs0", "fs1", "fa0", "fa1", "fa2", "fa3", "fa4", "fa5",
    "fa6", "fa7", "fs2", "fs3", "fs4", "fs5", "fs6", "fs7", "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11",
  ]

  /// The number of an integer register by any of its names: `a0`, `x10`, `fp`.
  package static func x(named name: some StringProtocol) -> Int? {
    name == "fp" ? 8 : number(name, in: abiX, prefix: "x")
  }

  /// The number of a floating-point register by any of its names: `fa0`, `f10`.
  package static func f(named name: some StringProtocol) -> Int? { number(name, in: abiF, prefix: "f") }

  private static func number(_ name: some StringProtocol, in table: [String], prefix: Character) -> Int? {
    if let index = table.firstIndex(where: { $0 == name }) { return index }
    guard name.first == prefix, let number = Int(name.dropFirst()), (0..<32).contains(number),
      name.count == (number < 10 ? 2 : 3)
    else { return nil }
    return number
  }
}
