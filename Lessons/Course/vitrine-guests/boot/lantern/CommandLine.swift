/// The kernel's command line, `/chosen/bootargs` in the device tree: words `name=value` between spaces.
///
///     init=NAME         the first program, the file `bin/NAME`; `init` if nothing is said
///     quantum=N         milliseconds that a process may run before it is another's turn; 10
///     paravirtual=on    use a monitor's hypercalls where there are some
struct CommandLine {
  var initialProgram = Name()
  var hasInitialProgram = false
  var quantum: UInt64 = 10
  var wantsParavirtual = false

  init() {}

  /// Words that mean nothing to us are others' business: a boot loader puts its own there too.
  init(_ text: Text) {
    var rest = text
    while let word = rest.takeWord() {
      if word.hasPrefix("init=") && word.count > 5 {
        initialProgram = Name(word.dropping(5))
        hasInitialProgram = true
      } else if word.hasPrefix("quantum="), let milliseconds = word.dropping(8).number, milliseconds > 0 {
        quantum = milliseconds
      } else if word == "paravirtual=on" {
        wantsParavirtual = true
      }
    }
  }
}
