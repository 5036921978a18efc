import Debugger
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Presses Ctrl-C again and again once an input has taken a while: a guest may run for ever, and a `while` too, but not
/// against a person who wants to stop them. What goes on nevertheless meets libFuzzer's own time limit.
final class Patience: Sendable {
  private struct Wait {
    var flag: InterruptFlag?
    var rounds = 0
  }
  private let wait = Mutex(Wait())
  private static let round: UInt32 = 10_000
  private static let roundsGiven = 10

  init() {
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { context in
        let patience = Unmanaged<Patience>.fromOpaque(context!).takeRetainedValue()
        while true {
          usleep(Patience.round)
          patience.tick()
        }
      }, Unmanaged.passRetained(self).toOpaque())
  }

  func begin(_ flag: InterruptFlag) { wait.withLock { $0 = Wait(flag: flag) } }
  func end() { wait.withLock { $0 = Wait() } }

  private func tick() {
    wait.withLock {
      $0.rounds += 1
      if $0.rounds > Self.roundsGiven { $0.flag?.raise() }
    }
  }
}
