import ArgumentParser
import LessonKit

/// `vitrine grade-one`: what `vitrine grade` starts for each hand-in. It prints a ``GradeResult``, and is not for people.
struct GradeOne: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "grade-one", shouldDisplay: false)

  /// The folder of the lesson, and the hand-in's file.
  @Argument var lesson: String
  @Argument var handIn: String
  /// A folder of its own for the student's programs.
  @Option var scratch: String
  @OptionGroup var limits: LimitOptions

  func run() throws {
    let limits = try self.limits.limits
    let replayer = try LessonReplayer(LessonFolder.find(lesson), scratch: scratch)
    try Confinement.begin(limits)
    let name = String(handIn.split(separator: "/").last ?? "")
    let result: GradeResult
    do {
      let bytes = try HandInReader.read(handIn)
      result = GradeResult(grading: bytes, file: name, with: replayer, tool: Vitrine.version, limits: limits)
    } catch {
      result = GradeResult(
        lesson: replayer.lesson, handIn: name, status: .review, reason: "it cannot be read: \(error)", limits: limits)
    }
    Terminal.write(result.json, to: 1)
  }
}
