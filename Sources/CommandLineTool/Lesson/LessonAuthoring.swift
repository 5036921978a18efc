import ArgumentParser
import LessonKit
import SystemPackage

/// `vitrine lesson new`.
struct LessonNew: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Make the folder of a new lesson, with a first step that passes `lesson lint`.",
    discussion: "Example: vitrine lesson new 20-my-lesson")
  @Argument(help: ArgumentHelp("The folder to make.", valueName: "folder"), completion: .directory)
  var folder: String

  func run() throws {
    guard !folder.isEmpty else { throw ValidationError("Name the folder to make, such as 20-my-lesson.") }
    let target = Files.expand(folder)
    let id = String(target.split(separator: "/").last ?? "")
    guard let hyphen = id.firstIndex(of: "-"), hyphen > id.startIndex, id.last != "-" else {
      throw ValidationError("\(folder): a lesson's folder is named by number and words, as 20-my-lesson.")
    }
    guard !Files.exists(target) else { throw Failure("\(folder) is there already, and nothing is overwritten.") }
    let path = target.hasPrefix("/") ? target : Files.workingFolder + "/" + target
    try StudentFolder.makeFolders(path)
    try Files.write(path + "/" + LessonReader.fileName, Array(Self.lesson.utf8), append: false)
    try Files.write(path + "/" + InstructorNotes.fileName, Array(Self.instructor.utf8), append: false)
    print(
      """
      \(folder) has \(LessonReader.fileName) and, for you alone, \(InstructorNotes.fileName). Now:
        vitrine lesson lint \(folder.contains("/") ? folder : "./" + folder)
        vitrine lesson start \(folder.contains("/") ? folder : "./" + folder)
      """)
  }

  private static let lesson = """
    ---
    title: A first lesson
    minutes: 15
    goals:
      - find the first instruction that a machine executes
    needs: []
    references:
      - The RISC-V Instruction Set Manual, Volume II, Privileged Architecture
    machine: hello
    ---

    # A first lesson

    What this lesson is about, in a few sentences.

    ## From the boot ROM to the firmware

    The hart starts in a ROM of the board. Go on to the firmware:

    ```repl
    stepstage
    ```

    ```expect
    Stage firmware, entered at retired …
    firmware native M  0x80000000 …
    ```

    ```check
    - id: at-firmware
      says: You stand at the first instruction of the firmware.
      holds: $pc == 0x80000000
      else: "`stepstage` runs to the next stage of the boot."
    ```

    ```quiz
    id: instruction
    ask: Which 32-bit word lies at gpa:{address}? Write it as 0x…
    with:
      address: ["0x1000", "0x1004", "0x1008", "0x100c"]
    answer: "*(unsigned int *)gpa:{address}"
    else: "`x/x gpa:0x1010` shows the word at another place."
    ```

    ```hint
    `help stepstage` explains the command.
    ```

    """
  private static let instructor = """
    # What students do not get. `hidden` are checks of the grader's, with the step after which each is made.
    hidden:
      - id: still-in-m-mode
        step: 1
        says: The machine is in M-mode.
        holds: $priv == 3 && $pc == 0x80000000
        points: 5

    """
}

/// `vitrine lesson lint`.
struct LessonLint: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Go through lessons as a student would, and refuse what is wrong with file and line.",
    discussion: """
      Commands are typed and must show what `expect` says; each check must fail when its step begins (or with the transcript that
      instructor.yaml gives for it) and hold at its end; each question must have a right answer with many seeds.

      Example: vitrine lesson lint
      Example: vitrine lesson lint ./20-my-lesson --seeds 200
      """)
  @Argument(help: ArgumentHelp("Numbers, names or folders; all that come with the tool without.", valueName: "lesson"))
  var names: [String] = []
  @Option(help: ArgumentHelp("Seeds with which each question is tried.", valueName: "n"))
  var seeds = 50
  @Flag(
    help: "Write what the commands show into the `expect` blocks, in place of what stands there. Read the difference.")
  var update = false

  func run() throws {
    guard (1...100_000).contains(seeds) else { throw ValidationError("--seeds \(seeds): it is 1 to 100000.") }
    let folders = try names.isEmpty ? LessonFolder.all() : names.map(LessonFolder.find)
    var count = 0
    for folder in folders {
      let linter = LessonLinter(folder, seeds: seeds)
      let problems = linter.problems()
      if update { try linter.update() }
      for problem in problems { print("\(folder.path)/\(problem)") }
      print(
        "\(folder.id): \(problems.isEmpty ? linter.summary : "\(problems.count) problem\(problems.count == 1 ? "" : "s")")"
      )
      count += problems.count
    }
    if count > 0 { throw ExitCode(1) }
  }
}

/// `vitrine lesson strip`.
struct LessonStrip: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "strip",
    abstract: "Copy a lesson without answers, expectations, hidden checks and solutions, to be given to students.",
    discussion: "Example: vitrine lesson strip ./20-my-lesson for-students/20-my-lesson")
  @Argument(help: ArgumentHelp("Number, name or folder.", valueName: "lesson"))
  var name: String
  @Argument(help: ArgumentHelp("The folder to make.", valueName: "folder"), completion: .directory)
  var target: String

  func run() throws {
    guard !target.isEmpty else { throw ValidationError("Name the folder to make, such as for-students/20-my-lesson.") }
    let folder = try LessonFolder.find(name)
    let lesson = try folder.read()
    let path = Files.expand(target)
    guard !Files.exists(path) else { throw Failure("\(target) is there already, and nothing is overwritten.") }
    guard path.split(separator: "/").last.map(String.init) == lesson.id else {
      throw ValidationError(
        "\(target): call the folder \(lesson.id), too: a student's questions follow from the lesson's name.")
    }
    let absolute = path.hasPrefix("/") ? path : Files.workingFolder + "/" + path
    try StudentFolder.makeFolders(absolute)
    let text = String(decoding: try Files.read(folder.path + "/" + LessonReader.fileName), as: UTF8.self)
    try Files.write(absolute + "/" + LessonReader.fileName, Array(LessonStripper.strip(text).utf8), append: false)
    for task in lesson.tasks {
      // What lies in the catalog comes with the tool.
      guard let start = task.start, !task.startsInCatalog else { continue }
      if Files.isFolder(folder.path + "/" + start) {
        try StudentFolder.makeFolders(absolute + "/" + start)
        try LessonFiles.copyMissing(from: folder.path + "/" + start, to: absolute + "/" + start, named: "")
      } else {
        try LessonFiles.copyMissing(from: folder.path + "/" + start, to: absolute, named: start)
      }
    }
    print("\(target) has no answers. Grade with \(folder.path), which has them.")
  }
}
