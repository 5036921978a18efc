/// Where the kernel's own words go, and those of programs.
enum Console {
  /// Writes bytes as they are; a newline also takes the terminal's cursor to the left.
  static func write(_ bytes: UnsafePointer<UInt8>, count: Int) {
    if Paravirtual.offers(.console) {
      Paravirtual.write(bytes, count: count)
      return
    }
    var index = 0
    while index < count {
      if bytes[index] == newline { put(carriageReturn) }
      put(bytes[index])
      index += 1
    }
  }

  static func write(byte: UInt8) {
    var byte = byte
    write(&byte, count: 1)
  }

  static func write(_ message: Message) {
    message.withBytes { write($0, count: $1) }
  }

  private static func put(_ byte: UInt8) {
    if UART.isReady { UART.put(byte) } else { Firmware.write(byte: byte) }
  }

  static let newline: UInt8 = 0x0a
  static let carriageReturn: UInt8 = 0x0d
}

/// Says a line of the kernel: `lantern: …`.
func say(_ message: Message) {
  Console.write("lantern: ")
  Console.write(message)
  Console.write("\n")
}

/// Ends everything because something outside the kernel is missing or wrong: one line that says what, and a machine that
/// is switched off as failed.
func fail(_ message: Message) -> Never {
  say(message)
  Firmware.shutDown(failed: true)
}

/// Ends everything because the kernel itself is wrong. Other harts may still speak: the line is better than none.
func panic(_ message: Message) -> Never {
  Console.write("\nlantern: panic")
  if read_tp() != 0 { Console.write(" on hart \(currentHart.pointee.identifier)") }
  Console.write(": ")
  Console.write(message)
  Console.write("\n")
  Firmware.shutDown(failed: true)
}

/// What Swift's own checks say before they trap (an index out of range, an overflow), byte by byte.
@c(putchar) func putchar(_ character: CInt) -> CInt {
  Console.write(byte: UInt8(truncatingIfNeeded: character))
  return character
}
