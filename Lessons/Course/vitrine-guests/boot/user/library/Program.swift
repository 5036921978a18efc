/// What is around a program: each defines `run`, which gets the command line without the program's own name and returns
/// the status to end with, 0 if all was well.
@c(program_start) func programStart(line: UnsafePointer<UInt8>, count: Int) -> Never {
  var arguments = Text(line, count: count)
  _ = arguments.takeWord()
  Kernel.exit(run(arguments))
}

/// Writes text to the console as it is.
func write(_ message: Message) {
  message.withBytes { bytes, count in try? Kernel.write(bytes, count: count) }
}

/// Writes a line to the console.
func print(_ message: Message) {
  var line = message
  line.append("\n")
  write(line)
}

/// What Swift's own checks say before they trap.
@c(putchar) func putchar(_ character: CInt) -> CInt {
  var byte = UInt8(truncatingIfNeeded: character)
  try? Kernel.write(&byte, count: 1)
  return character
}
