/// Makes a program smaller while it still shows a difference.
package struct Shrinker {
  /// Whether a program shows a difference.
  let fails: (LockstepProgram) throws -> Bool
  package init(fails: @escaping (LockstepProgram) throws -> Bool) { self.fails = fails }

  /// Idles slots in runs of half, a quarter and so on down to one, then does away with modes, CSRs, table rights and single words.
  package func shrink(_ program: LockstepProgram) throws -> LockstepProgram {
    var best = program
    func attempt(_ change: (inout LockstepProgram) -> Void) throws {
      var candidate = best
      change(&candidate)
      if try fails(candidate) { best = candidate }
    }
    var size = best.slots.count
    while size > 0 {
      var start = 0
      while start < best.slots.count {
        let range = start..<min(start + size, best.slots.count)
        if range.contains(where: { best.slots[$0] != LockstepProgram.idle }) {
          try attempt { for index in range { $0.slots[index] = LockstepProgram.idle } }
        }
        start += size
      }
      size /= 2
    }
    if let last = best.slots.lastIndex(where: { $0 != LockstepProgram.idle }) {
      try attempt { program in
        program.slots.removeLast(program.slots.count - last - 1)
        program.modes.removeLast(program.modes.count - program.slots.count)
      }
    }
    try attempt { $0.modes = $0.modes.map { _ in LockstepProgram.keepsMode } }
    for index in best.modes.indices where best.modes[index] != LockstepProgram.keepsMode {
      if best.slots[index] == LockstepProgram.idle || best.slots.count < 40 {
        try attempt { $0.modes[index] = LockstepProgram.keepsMode }
      }
    }
    for index in best.slots.indices where best.slots[index] != LockstepProgram.idle {
      for word in 0..<4 where best.slots[index][word] != 0x13 { try attempt { $0.slots[index][word] = 0x13 } }
    }
    // What the harness needs comes first: traps, FS, and the PMP entries that open memory.
    for index in best.csrs.indices.reversed()
    where best.csrs[index].value != 0 && !Self.isNeeded(best.csrs[index].number) {
      try attempt { $0.csrs[index].value = 0 }
    }
    try attempt { program in
      program.tables.leaves = program.tables.leaves.map { $0.map { $0 == 0 ? 0 : $0 | PageTables.all } }
    }
    try attempt { program in
      program.guestTables.leaves = program.guestTables.leaves.map {
        $0.map { $0 == 0 ? 0 : $0 | PageTables.all | PageTables.user }
      }
    }
    for index in 0..<4 where best.data.contains(where: { $0 != 0 }) {
      try attempt { program in for word in index * 512..<(index + 1) * 512 { program.data[word] = 0 } }
    }
    return best
  }

  private static func isNeeded(_ number: UInt16) -> Bool {
    [0x300, 0x305, 0x105, 0x205, 0x3a0, 0x3a2, 0x3b0, 0x3b1, 0x3b2, 0x3bf].contains(number)
  }
}
