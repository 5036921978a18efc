import Debugger
import Hypervisor

enum ShowCommand: Command {
  static let name = "show"
  static let category = CommandCategory.support
  static let summary = "Show settings"
  static let help = """
    show [check|confirm|convenience|costs|history|logging|pagination|prompt|style|technique|user|values|version]
    Example: show convenience
    """
  static let completion = CompletionKind.words([
    "check", "confirm", "convenience", "costs", "history", "logging", "pagination", "prompt", "style", "technique",
    "user", "values", "version",
  ])
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let subjects: [(String, () -> [String])] = [
      ("check", { checkLines(console.session) }),
      ("confirm", { ["Whether to confirm potentially dangerous operations is \(onOff(console.settings.confirm))."] }),
      (
        "convenience",
        {
          console.session.variables.sorted { $0.key < $1.key }.map {
            "$\($0.key) = \(console.formatter.text($0.value))"
          }
        }
      ),
      (
        "history",
        {
          [
            "The size of the command history is \(console.settings.historySize).",
            "Saving of the history record on exit is \(onOff(console.settings.historySave)).",
          ]
        }
      ),
      ("costs", { costLines(console.session.virtualMachine.costs) }),
      ("logging", { ["Logging is \(onOff(console.settings.isLogging)), to \"\(console.settings.logFile)\"."] }),
      ("pagination", { ["State of pagination is \(onOff(console.settings.pagination))."] }),
      ("prompt", { ["The prompt is \"\(console.settings.prompt)\"."] }),
      ("technique", { [TechniqueCommand.line(console.session)] }),
      ("style", { ["Colours are \(onOff(console.style.isEnabled))."] }),
      (
        "user",
        {
          console.userCommands.sorted { $0.key < $1.key }.flatMap {
            ["User command \"\($0.key)\":"] + $0.value.body.map { "  " + $0 }
          }
        }
      ),
      (
        "values",
        {
          console.session.valueHistory.enumerated().suffix(10).map {
            "$\($0.offset + 1) = \(console.formatter.text($0.element))"
          }
        }
      ),
      ("version", { ["Vitrine: a RISC-V machine in a glass case."] }),
    ]
    if arguments.isEmpty {
      for (name, lines) in subjects where name != "user" && name != "values" && name != "convenience" {
        for line in lines() { console.print("\(name):  \(line)") }
      }
      return
    }
    let word = arguments.words[0]
    let found = subjects.filter { $0.0.hasPrefix(word) }
    let chosen = found.first { $0.0 == word } ?? (found.count == 1 ? found[0] : nil)
    guard let chosen else {
      throw .failed(
        "\(found.isEmpty ? "Undefined" : "Ambiguous") show command: \"\(arguments.text)\".  Try \"help show\".")
    }
    for line in chosen.1() { console.print(line) }
  }

  private static func costLines(_ costs: CostModel) -> [String] {
    let changed = (costs.prices + costs.settings).filter(\.isChanged)
    return ["The cost model is \(costs.name).  `info costs` shows its rows."]
      + changed.map { "\($0.name) was changed to \($0.number)." }
  }

  private static func checkLines(_ session: Session) -> [String] {
    let isOn = session.checksStaleTranslations
    if isOn && !session.canCheckTranslations {
      return ["The check of stale translations is on, but rests under \(session.technique)."]
    }
    let counts = session.staleCounts
    let monitor = session.specimen.map {
      "The check of your monitor is \(onOff(session.checksMonitor)): \(MonitorRendering.verdict($0))."
    }
    return (monitor.map { [$0] } ?? []) + ["The check of stale translations is \(onOff(isOn))."]
      + (isOn
        ? [
          "It found \(counts.stale) TLB entries used stale, and \(counts.cleared) after A or D was cleared without a fence."
        ]
        : [])
  }

  private static func onOff(_ value: Bool) -> String { value ? "on" : "off" }
}
