import Dispatch

/// Calls something after a while, on a thread of its own.
final class DeadlineTimer {
  private let source: any DispatchSourceTimer

  init(seconds: Double, _ action: @escaping @Sendable () -> Void) {
    source = DispatchSource.makeTimerSource(queue: .global())
    source.schedule(deadline: .now() + seconds)
    source.setEventHandler { action() }
    source.resume()
  }
  func cancel() { source.cancel() }
}
