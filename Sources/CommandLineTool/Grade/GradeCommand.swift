import ArgumentParser

/// `vitrine grade`.
struct Grade: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grade",
    abstract:
      "Grade what students handed in: each is run again, within limits, and the points are what its machine shows.",
    usage: """
      vitrine grade LESSON HANDIN… [--roster FILE] [--format text|gradescope|junit|tap] [--output FOLDER] [OPTION…]
      vitrine grade merge FILE… [--roster FILE] [--format …] [--output FOLDER]
      """,
    discussion: """
      LESSON is your copy of the lesson, with the hidden checks: a number, a name or a folder. HANDIN is a file that `vitrine handin`
      wrote, or a folder with such files (*.handin). `vitrine help grade run` lists the options.

      Status: 0 everybody has full marks, 1 somebody has not, 2 an input cannot be read, 64 wrong usage.

      Example: vitrine grade 8 --roster cs536.csv submissions/*.handin
      Example: vitrine grade 8 /autograder/submission --format gradescope --output /autograder/results
      Example: vitrine grade 8 submissions --shard 3/8; vitrine grade merge results
      """,
    subcommands: [GradeHandIns.self, GradeMerge.self], defaultSubcommand: GradeHandIns.self)
}

/// In what form a report goes to standard output.
enum ReportFormat: String, CaseIterable, ExpressibleByArgument {
  case text, gradescope, junit, tap
}

/// What `grade` and `grade merge` share.
struct ReportOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Who takes the course: CSV with a header, columns id and perhaps name.", valueName: "file"),
    completion: .file())
  var roster: String?
  @Option(
    help: ArgumentHelp(
      "What is printed: text, gradescope (results.json), junit (XML) or tap (version 14).", valueName: "format"))
  var format: ReportFormat = .text
  @Option(
    help: ArgumentHelp(
      "Where the results go: NAME.json for each hand-in, in Gradescope's form, and junit.xml.", valueName: "folder"),
    completion: .directory)
  var output = "results"
}

/// `vitrine grade run`, which is `vitrine grade`.
struct GradeHandIns: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Grade hand-ins (this is meant where no subcommand is named).",
    discussion: """
      Each hand-in is graded by a process of its own that can write nothing and is ended when it takes too much. A result is
      written as soon as it is there; the same command goes on where it was interrupted, and grades again only what changed.

      On a cluster each task of a job array takes its share: --shard is taken from SLURM_ARRAY_TASK_ID (with its _COUNT, _MIN and
      _STEP) or from JOB_COMPLETION_INDEX and JOB_COMPLETIONS where they are set. `vitrine grade merge` makes the report.

      Example: vitrine grade 8 --roster cs536.csv submissions/*.handin
      """)

  @Argument(help: ArgumentHelp("Number, name or folder of the lesson.", valueName: "lesson"))
  var lesson: String
  @Argument(
    help: ArgumentHelp("Files that `vitrine handin` wrote, or folders with such files.", valueName: "handin"),
    completion: .file(extensions: ["handin"]))
  var handIns: [String]
  @OptionGroup var report: ReportOptions
  @Option(help: ArgumentHelp("Hand-ins that are graded at a time; one for each processor without.", valueName: "n"))
  var jobs: Int?
  @OptionGroup(title: "Limits of each hand-in") var limits: LimitOptions
  @Option(
    help: ArgumentHelp("Grade the I-th of N parts, from 1, and leave the report to `grade merge`.", valueName: "i/n"))
  var shard: String?
  @Flag(inversion: .prefixedNo, help: "Keep results that are in the folder and still valid.")
  var resume = true

  func run() throws {
    if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs \(jobs): it is 1 to 1024.") }
    let shard = try Shard.chosen(shard)
    let limits = try self.limits.limits
    let isFull = try unreadableIsTwo {
      let roster = try RosterFile.read(report.roster)
      let run = try GradeRun(lesson: lesson, handIns: handIns, folder: report.output, limits: limits, shard: shard)
      let results = try run.results(jobs: jobs, resumes: resume)
      return try ReportWriter(options: report, roster: roster).write(
        results, lesson: run.lesson, limits: limits, shard: shard)
    }
    if !isFull { throw ExitCode(1) }
  }
}

/// How much one hand-in may take.
struct LimitOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Instructions of each machine that it runs.", valueName: "n"))
  var maxInstructions: UInt64 = 50_000_000
  @Option(help: ArgumentHelp("Seconds of CPU time.", valueName: "n"))
  var seconds = 20
  @Option(help: ArgumentHelp("Memory that it may fill, such as 512M.", valueName: "size"))
  var memory = "512M"
}

/// `vitrine grade merge`.
struct GradeMerge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Make one report of results that were graded in parts.",
    discussion: "Example: vitrine grade merge results --roster cs536.csv")

  @Argument(
    help: ArgumentHelp("Results that `vitrine grade` wrote, or folders with them.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var files: [String]
  @OptionGroup var report: ReportOptions

  func run() throws {
    let isFull = try unreadableIsTwo {
      let roster = try RosterFile.read(report.roster)
      let results = try ResultFolder.merge(files)
      let first = results[0]
      return try ReportWriter(options: report, roster: roster).write(
        results, lesson: first.lesson, limits: first.limits, shard: nil)
    }
    if !isFull { throw ExitCode(1) }
  }
}

/// Status 1 is for grades, so what cannot be read ends with status 2.
func unreadableIsTwo<Result>(_ body: () throws -> Result) throws -> Result {
  do { return try body() } catch let failure as Failure {
    Terminal.write(Array("Error: \(failure)\n".utf8), to: 2)
    throw ExitCode(2)
  }
}
