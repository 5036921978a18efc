import Debugger

enum ExamineCommand: Command {
  static let name = "x"
  static let category = CommandCategory.data
  static let summary = "Examine memory"
  static let help = """
    x[/NFU] [ADDRESS]
    Shows N units of memory. F is x d u o t a c f s i (i disassembles); U is b h w g: 1, 2, 4, 8 bytes. Format and unit stay
    for the next time. Without ADDRESS, and at an empty line, it goes on where it stopped. An address may have its space before it:
    gva: (the default), gpa:, hpa:, and tc: for bytes from the start of the translation cache.
    Example: x/8i $pc
    """
  static let repetition = Repetition.withoutArguments
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let specification = try FormatSpecification(arguments.format, command: "x")
    let start: SpacedAddress
    if arguments.isEmpty {
      guard let next = console.examine.next else { throw .failed("Argument required (starting display address).") }
      start = next
    } else {
      start = try console.address(arguments.text)
    }
    try console.examineMemory(start, specification)
  }
}
