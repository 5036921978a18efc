import Dispatch

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Signals, taken on a thread of their own so that what they do is ordinary code.
final class Signals {
  private var sources: [any DispatchSourceSignal] = []

  /// Calls `handler` for each of these signals, in place of what they do by default.
  func on(_ numbers: [Int32], _ handler: @escaping @Sendable (Int32) -> Void) {
    for number in numbers {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { handler(number) }
      source.resume()
      sources.append(source)
    }
  }

  /// Gives the signals up, for somebody else to take.
  func cancel() {
    for source in sources { source.cancel() }
    sources = []
  }
}
