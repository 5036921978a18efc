/// `primes [N]` counts the primes below N (10000) with a sieve: an array of Swift's, in memory that `sbrk` has brought.
func run(_ arguments: Text) -> UInt64 {
  var words = arguments
  let limit = Int(words.takeWord()?.number ?? 10_000)
  var isComposite = [Bool](repeating: false, count: max(limit, 2))
  var count = 0
  var candidate = 2
  while candidate < limit {
    if !isComposite[candidate] {
      count += 1
      var multiple = candidate * candidate
      while multiple < limit {
        isComposite[multiple] = true
        multiple += candidate
      }
    }
    candidate += 1
  }
  print("\(count) primes below \(limit)")
  return 0
}
