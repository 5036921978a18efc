/// Words on the console, by the firmware: the loader has no driver for the serial port and needs none.
enum Console {
  /// Extension "DBCN", function 2: one byte.
  static func put(_ byte: UInt8) {
    _ = sbi_call(0x4442_434e, 2, UInt64(byte), 0)
  }

  static func say(_ text: StaticString) {
    for index in 0..<text.utf8CodeUnitCount { put(text.utf8Start[index]) }
  }

  static func say(decimal number: UInt64) {
    if number >= 10 { say(decimal: number / 10) }
    put(48 + UInt8(number % 10))
  }

  static func say(hexadecimal number: UInt64) {
    say("0x")
    say(digits: number)
  }

  private static func say(digits number: UInt64) {
    if number >= 16 { say(digits: number / 16) }
    let digit = UInt8(number % 16)
    put(digit < 10 ? 48 + digit : 87 + digit)
  }
}

/// Ends the run with a line that says what is missing and what to do, and with a failing status.
func fail(_ sentence: StaticString) -> Never {
  Console.say("loader: ")
  Console.say(sentence)
  Console.say("\n")
  // Extension "SRST", function 0: shutdown, because of a system failure.
  _ = sbi_call(0x5352_5354, 0, 0, 1)
  while true { wait_for_interrupt() }
}

/// Where `entry.S` goes with a trap of the loader itself.
@c(loader_trapped)
func loaderTrapped(cause: UInt64, address: UInt64, value: UInt64) {
  Console.say("loader: scause ")
  Console.say(hexadecimal: cause)
  Console.say(", sepc ")
  Console.say(hexadecimal: address)
  Console.say(", stval ")
  Console.say(hexadecimal: value)
  Console.say("\n")
  fail("this trap is a fault of the loader, please report it")
}
