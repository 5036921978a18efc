enum DisplayCommand: Command {
  static let name = "display"
  static let category = CommandCategory.data
  static let summary = "Show an expression at every stop"
  static let help = """
    display[/FMT] [EXPRESSION]
    Shows EXPRESSION now and at every stop. With the formats i and s, or a unit, EXPRESSION is an address and memory is
    shown as `x` does. Without EXPRESSION all displays are shown.
    Example: display/i $pc
    """
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    if arguments.isEmpty { return console.showDisplays() }
    _ = try FormatSpecification(arguments.format, command: "display")
    // An expression that cannot be computed now is refused, as a typing error.
    _ = try console.evaluate(arguments.text)
    let display = Display(number: console.nextDisplay, expression: arguments.text, format: arguments.format)
    console.nextDisplay += 1
    console.displays.append(display)
    console.show(display)
  }
}
