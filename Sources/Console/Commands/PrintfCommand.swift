enum PrintfCommand: Command {
  static let name = "printf"
  static let category = CommandCategory.scripting
  static let summary = "Print with a format, as C does"
  static let help = """
    printf "FORMAT"[, EXPRESSION…]
    Knows %d %i %u %x %X %o %c %s %p %f %g %e and %%, with flags, width, precision and the sizes h l ll.
    Example: printf "a0 is %lx\\n", $a0
    """
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    console.write(try console.formatted(arguments.text))
  }
}
