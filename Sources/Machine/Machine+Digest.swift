import RISCV

extension Machine {
  /// A number that stands for the guest's whole architectural state: registers and CSRs of all harts, RAM, and the
  /// balloon.
  ///
  /// Two machines at the same position under EQUIVALENCE have the same digest. FNV-1a over 64-bit words.
  package func digest() -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func mix(_ value: UInt64) { hash = (hash ^ value) &* 0x100_0000_01b3 }
    for hart in harts {
      mix(hart.pc)
      mix(UInt64(hart.privilege.rawValue))
      mix(hart.isWaiting ? 1 : 0)
      for register in 0..<32 {
        mix(hart.x(register))
        mix(hart.f(register))
      }
      for (number, _) in CSRName.all { mix(hart.readCSR(number) ?? 0) }
    }
    memory.forEachNonzeroPage { address, words in
      mix(address)
      for word in words { mix(word) }
    }
    if let balloon = board.balloon { balloon.mixState(mix) }
    return hash
  }
}
