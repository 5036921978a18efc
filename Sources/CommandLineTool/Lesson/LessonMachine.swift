import ArgumentParser
import Console
import Debugger

/// What stands behind `vitrine debug` for the machine of a lesson.
struct LessonMachine: ParsableArguments {
  @OptionGroup var machine: MachineOptions
  @OptionGroup var choices: MonitorChoicesOptions
  @OptionGroup var costs: CostOptions

  /// A session on the machine that `text` describes, options as in a shell without its quoting of quotes.
  static func session(_ text: String, interruptFlag: InterruptFlag = InterruptFlag()) throws(CommandError) -> Session {
    do {
      var options = try LessonMachine.parse(words(text))
      if let name = options.machine.image, let path = GuestManifest.path(of: name) {
        options = try LessonMachine.parse(try GuestManifest(path: path).arguments + words(text))
      }
      return try PromptRunner.session(
        options.machine.configuration(fallback: nil), options.machine, costs: options.costs.model,
        choices: options.choices.options, interruptFlag: interruptFlag)
    } catch let error as Failure {
      throw .failed(error.description)
    } catch let error as CommandError {
      throw error
    } catch {
      throw .failed("\(text): \(message(for: error))")
    }
  }

  /// Divides at blanks; '…' and "…" hold a word together.
  static func words(_ text: String) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in text {
      if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if character == " " {
        if let done = word { words.append(done) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    return words + (word.map { [$0] } ?? [])
  }
}
