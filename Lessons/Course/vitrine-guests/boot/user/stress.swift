/// `stress [N] [LINE]` runs a program N times (100), `quiet` if none is named, four at once, and says whether all memory
/// came back.
func run(_ arguments: Text) -> UInt64 {
  var words = arguments
  let count = words.takeWord()?.number ?? 100
  while words.count > 0 && words[0] == 0x20 { words = words.dropping(1) }
  let line = words.count > 0 ? words : Text("quiet")
  let before = Kernel.memory.free
  var started: UInt64 = 0
  var ended: UInt64 = 0
  do throws(Failure) {
    while ended < count {
      if started < count && started - ended < 4 {
        _ = try Kernel.spawn(line)
        started += 1
      } else {
        _ = try Kernel.wait()
        ended += 1
      }
    }
  } catch {
    print("stress: after \(ended) of \(count): \(error.text)")
    return 1
  }
  let after = Kernel.memory.free
  print("stress: \(count) processes, \(before) pages free before, \(after) after")
  return before == after ? 0 : 1
}
