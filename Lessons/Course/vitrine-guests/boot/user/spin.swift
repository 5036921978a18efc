/// `spin [MILLISECONDS]` computes without ever giving way (1000 ms). Several of them share the harts because the timer
/// takes them away. Each does the same computation twice, side by side: if anything of its state were lost while
/// another had the hart, the two would differ.
func run(_ arguments: Text) -> UInt64 {
  var words = arguments
  let duration = words.takeWord()?.number ?? 1000
  let end = Kernel.memory.uptime + duration
  let seed = Kernel.processIdentifier
  var one = seed
  var other = seed
  var rounds: UInt64 = 0
  while Kernel.memory.uptime < end {
    var step = 0
    while step < 10_000 {
      one = next(one)
      other = next(other)
      step += 1
    }
    rounds += 1
    if one != other {
      print("spin \(seed): \(hex: one) and \(hex: other) should be the same")
      return 1
    }
  }
  print("spin \(seed): \(rounds) rounds, no error")
  return 0
}

/// One step of a pseudo-random sequence: Knuth's constants for 64 bits.
private func next(_ value: UInt64) -> UInt64 { value &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407 }
