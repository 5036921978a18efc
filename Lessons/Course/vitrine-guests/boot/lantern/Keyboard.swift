/// Input from the serial line: bytes come by interrupt, are echoed and edited, and wait line by line for a program.
///
/// Backspace takes back the last byte, Ctrl-U the whole line. Bytes lie in a ring; `first`, `lineEnd` and `end` only ever
/// grow, and their remainder is the place.
enum Keyboard {
  static let capacity = 4096

  private nonisolated(unsafe) static var ring: UnsafeMutablePointer<UInt8>?
  /// The bytes from here up to `lineEnd` are whole lines; from there up to `end` is the line that is being typed.
  private nonisolated(unsafe) static var first = 0
  private nonisolated(unsafe) static var lineEnd = 0
  private nonisolated(unsafe) static var end = 0
  /// A whole line in a row, for the one who reads it.
  private nonisolated(unsafe) static var copy: UnsafeMutablePointer<UInt8>?

  private enum Key {
    static let backspace: UInt8 = 0x08
    static let delete: UInt8 = 0x7f
    static let controlU: UInt8 = 0x15
  }

  static func start() {
    let memory = PageAllocator.allocateForever(bytes: UInt64(2 * capacity)).pointer
    ring = memory.assumingMemoryBound(to: UInt8.self)
    copy = ring! + capacity
    Interrupts.enable(UART.interrupt)
    UART.setInputInterrupt(true)
  }

  /// Takes what has come. When lines wait and there is no more room, the rest stays in the chip, and the sender waits.
  static func handleInterrupt() {
    while true {
      if end - first == capacity {
        // If all of it is one unfinished line, it counts as it is, or nobody would ever read it.
        if lineEnd == first { finishLine() }
        UART.setInputInterrupt(false)
        return
      }
      guard let byte = UART.take() else { return }
      accept(byte)
    }
  }

  private static func accept(_ byte: UInt8) {
    switch byte {
    case Key.backspace, Key.delete:
      if end > lineEnd { eraseLast() }
    case Key.controlU:
      while end > lineEnd { eraseLast() }
    case Console.carriageReturn, Console.newline:
      append(Console.newline)
      finishLine()
    case 0x20..<0x7f, 0x80...:
      append(byte)
    default:
      break  // other control characters mean nothing here
    }
  }

  private static func append(_ byte: UInt8) {
    ring![end % capacity] = byte
    end += 1
    Console.write(byte: byte)
  }

  private static func eraseLast() {
    end -= 1
    Console.write("\u{8} \u{8}")
  }

  private static func finishLine() {
    lineEnd = end
    Scheduler.wake(.keyboard)
  }

  // MARK: Called by a process

  static func waitForLine() {
    while first == lineEnd { Scheduler.wait(for: .keyboard) }
  }

  /// The first line that waits, or the part of it that fits.
  static func line(atMost limit: Int) -> Text {
    var count = 0
    while count < limit && first + count < lineEnd {
      copy![count] = ring![(first + count) % capacity]
      count += 1
      if copy![count - 1] == Console.newline { break }
    }
    return Text(copy!, count: count)
  }

  /// Takes the first bytes out of the ring; there is room again.
  static func remove(_ count: Int) {
    first += count
    UART.setInputInterrupt(true)
  }
}
