import Dispatch

/// Calls something after a while, once or again and again, on a thread of its own.
final class DeadlineTimer {
  private let source: any DispatchSourceTimer

  init(seconds: Double, repeats: Bool = false, _ action: @escaping @Sendable () -> Void) {
    source = DispatchSource.makeTimerSource(queue: .global())
    source.schedule(deadline: .now() + seconds, repeating: repeats ? seconds : .infinity)
    source.setEventHandler { action() }
    source.resume()
  }
  func cancel() { source.cancel() }
}
