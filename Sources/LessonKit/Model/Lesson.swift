/// A lesson: what a student reads, types, is asked and writes.
package struct Lesson: Sendable, Equatable {
  /// The name of its folder, such as `02-power-on`.
  package var id: String
  package var title: String
  /// How long it takes.
  package var minutes: Int
  package var goals: [String]
  /// Ids of the lessons that come before.
  package var needs: [String]
  package var references: [String]
  /// What stands behind `vitrine debug` for its machine.
  package var machine: String
  package var introduction: [LessonBlock]
  package var steps: [LessonStep]
  package var instructor: InstructorNotes?
  /// Of the text without answers and expectations (FNV-1a, 64 bits), so that a student's copy has the same as the instructor's.
  package var digest: UInt64

  /// What comes before the first hyphen: `02`, or `A1` for an assignment.
  package var number: String { String(id.prefix { $0 != "-" }) }

  package var checks: [LessonCheck] { steps.flatMap(\.checks) + (instructor?.hidden.map(\.check) ?? []) }
  package var quizzes: [Quiz] { steps.flatMap(\.quizzes) }
  package var tasks: [LessonTask] { steps.flatMap(\.tasks) }
  package var points: Int { checks.reduce(0) { $0 + $1.points } + quizzes.reduce(0) { $0 + $1.points } }

  /// What the machine of a step is made from: the lesson's, or what the last block `machine` up to it says.
  package func machine(ofStep number: Int) -> String {
    steps.prefix(number).reversed().lazy.compactMap(\.machine).first ?? machine
  }
  /// The step with which the machine of a step begins.
  package func firstStepOnMachine(ofStep number: Int) -> Int {
    steps.prefix(number).last { $0.machine != nil }?.number ?? 1
  }
}

/// What stands under one heading.
package struct LessonStep: Sendable, Equatable {
  /// From 1.
  package var number: Int
  package var title: String
  package var blocks: [LessonBlock]
  package var line: Int

  package var checks: [LessonCheck] {
    blocks.flatMap { block -> [LessonCheck] in if case .checks(let checks) = block.kind { checks } else { [] } }
  }
  package var quizzes: [Quiz] {
    blocks.compactMap { block -> Quiz? in if case .quiz(let quiz) = block.kind { quiz } else { nil } }
  }
  package var tasks: [LessonTask] {
    blocks.compactMap { block -> LessonTask? in if case .task(let task) = block.kind { task } else { nil } }
  }
  package var hints: [String] {
    blocks.compactMap { block -> String? in if case .hint(let text) = block.kind { text } else { nil } }
  }
  /// What its machine is made from, where it is another one than before.
  package var machine: String? {
    blocks.lazy.compactMap { block -> String? in if case .machine(let text) = block.kind { text } else { nil } }.first
  }
}

/// One block of a step, with the line on which it begins.
package struct LessonBlock: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    case prose(MarkdownBlock)
    /// Commands that the student types at the prompt.
    case repl([String])
    /// What the block before it shows.
    case expect(String)
    /// Commands for the shell.
    case shell([String])
    case machine(String)
    case checks([LessonCheck])
    case quiz(Quiz)
    case task(LessonTask)
    case hint(String)
  }
  package var line: Int
  package var kind: Kind
}
