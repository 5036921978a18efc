import Machine
import Synchronization

/// Ctrl-C as the debugger sees it: raised from any thread, looked at by the session and passed on to the machine that runs.
package final class InterruptFlag: Sendable {
  private let isRaised = Atomic<Bool>(false)
  private let running = Mutex<StopFlag?>(nil)

  package init() {}

  /// Asks whatever runs to stop.
  package func raise() {
    isRaised.store(true, ordering: .releasing)
    running.withLock { $0?.raise() }
  }
  /// Whether it was raised, without clearing it.
  package var isSet: Bool { isRaised.load(ordering: .acquiring) }
  package func clear() { isRaised.store(false, ordering: .releasing) }

  /// The machine whose run a raise is to stop.
  func attach(_ flag: StopFlag) { running.withLock { $0 = flag } }
}
