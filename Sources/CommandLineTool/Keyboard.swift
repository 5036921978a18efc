import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Bytes of standard input on their way to the guest, read by a thread of its own.
///
/// A file or a pipe that has ended is there as a whole before the guest starts, so a run with piped input is the same each time.
/// A pipe that stays open is a person or a program at the other end: its bytes enter when they come.
final class Keyboard: Sendable {
  private struct State {
    var bytes: [UInt8] = []
    var hasEnded = false
    var wish: KeyFilter.Wish?
    var isStopped = false
  }
  private let state = Mutex(State())
  private let wake: (read: Int32, write: Int32)
  private let keys: KeyFilter.Keys
  private let onWish: @Sendable () -> Void

  /// Calls `onWish` when one of our own `keys` says that the guest's console is to be left.
  init(keys: KeyFilter.Keys, onWish: @escaping @Sendable () -> Void) {
    self.keys = keys
    self.onWish = onWish
    var ends: [Int32] = [0, 0]
    pipe(&ends)
    wake = (ends[0], ends[1])
    var thread = ThreadIdentifier()
    let box = Unmanaged.passRetained(self)
    #if canImport(Glibc)
      pthread_create(&thread, nil, { Keyboard.main($0!) }, box.toOpaque())
      pthread_detach(thread)
    #else
      pthread_create(&thread, nil, { Keyboard.main($0) }, box.toOpaque())
      if let thread { pthread_detach(thread) }
    #endif
  }

  #if canImport(Glibc)
    private typealias ThreadIdentifier = pthread_t
  #else
    private typealias ThreadIdentifier = pthread_t?
  #endif

  private static func main(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Unmanaged<Keyboard>.fromOpaque(context).takeRetainedValue().readLoop()
    return nil
  }

  private func readLoop() {
    var buffer = [UInt8](repeating: 0, count: 4096)
    var filter = KeyFilter(keys)
    while true {
      var waits = [
        pollfd(fd: 0, events: Int16(POLLIN), revents: 0), pollfd(fd: wake.read, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&waits, 2, -1) > 0 || errno == EINTR else { return }
      if waits[1].revents != 0 || state.withLock({ $0.isStopped }) { return }
      guard waits[0].revents != 0 else { continue }
      let count = read(0, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      if count <= 0 {
        state.withLock { $0.hasEnded = true }
        return
      }
      let (bytes, wish) = filter.pass(buffer[..<count])
      state.withLock {
        $0.bytes += bytes
        $0.wish = wish
      }
      if wish != nil {
        onWish()
        return
      }
    }
  }

  /// Takes what has come.
  func take() -> [UInt8] {
    state.withLock { state in
      defer { state.bytes.removeAll() }
      return state.bytes
    }
  }
  var hasBytes: Bool { state.withLock { !$0.bytes.isEmpty } }
  var hasEnded: Bool { state.withLock { $0.hasEnded } }
  /// What our own keys asked for; the keyboard has stopped reading then.
  var wish: KeyFilter.Wish? { state.withLock { $0.wish } }

  /// Waits until the input has ended, at most so many milliseconds.
  func waitForEnd(milliseconds: Int) {
    for _ in 0..<milliseconds {
      if hasEnded { return }
      usleep(1000)
    }
  }

  /// Ends the thread: the keyboard is the prompt's again.
  func stop() {
    state.withLock { $0.isStopped = true }
    var byte: UInt8 = 0
    _ = write(wake.write, &byte, 1)
  }

  deinit {
    close(wake.read)
    close(wake.write)
  }
}
