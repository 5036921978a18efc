import Foundation
import Guests
import LessonKit
import Testing

/// A folder with a lesson and hand-ins of it, removed at the end.
final class GradingCourse {
  let folder: String
  let lesson: Lesson

  static let text = """
    ---
    title: Grading
    minutes: 5
    goals:
      - be graded
    needs: []
    references: []
    machine: hello
    ---

    # Grading

    A lesson to be graded.

    ## To the firmware

    ```repl
    stepstage
    ```

    ```check
    - id: at-firmware
      says: You stand at the firmware's first instruction.
      holds: $pc == 0x80000000
      points: 30
    ```

    ```quiz
    id: product
    ask: What is {a} times 3?
    with:
      a: {from: 1, to: 40}
    answer: "{a} * 3"
    points: 30
    ```

    ## A program

    ```task
    id: program
    says: Write a program that ends well.
    kind: elf
    file: program.elf
    ```

    ```check
    - id: ends-well
      says: Your program ends well.
      machine: "{program} --memory 512M"
      limit: 5000000
      holds: $_ended("success")
      points: 30
    ```

    """
  static let notes = """
    hidden:
      - id: soon
        step: 1
        says: You came there soon.
        holds: $_position < 100000 && $pc == 0x80000000
        points: 10

    """

  init() throws {
    folder = NSTemporaryDirectory() + "vitrine-grading-\(UUID().uuidString)"
    let path = folder + "/20-grading"
    for name in [path, folder + "/in"] {
      try FileManager.default.createDirectory(atPath: name, withIntermediateDirectories: true)
    }
    try Self.text.write(toFile: path + "/lesson.md", atomically: true, encoding: .utf8)
    try Self.notes.write(toFile: path + "/instructor.yaml", atomically: true, encoding: .utf8)
    lesson = try LessonReader(id: "20-grading") { name in
      (try? Data(contentsOf: URL(fileURLWithPath: path + "/" + name))).map { Array($0) }
    }.read()
  }
  deinit { try? FileManager.default.removeItem(atPath: folder) }

  var lessonPath: String { folder + "/20-grading" }
  /// Must never come into being.
  var stolen: String { folder + "/stolen" }

  func answer(_ student: String) throws -> String {
    let variant = lesson.quizzes[0].variant(LessonSeed(lesson: lesson.id, student: student))
    return "\(try #require(Int(variant.answer?.split(separator: " ").first ?? "")) * 3)"
  }

  static func program(_ guest: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: try #require(Guests.image(named: guest))))
  }

  /// An ELF file with one segment of instructions at the beginning of RAM.
  static func program(_ words: [UInt32]) -> Data {
    var bytes: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0] + [UInt8](repeating: 0, count: 8)
    func add(_ value: UInt64, _ count: Int) {
      for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
    }
    for (value, count) in [(2, 2), (243, 2), (1, 4), (0x8000_0000, 8), (64, 8), (0, 8), (0, 4)] as [(UInt64, Int)] {
      add(value, count)
    }
    for value in [64, 56, 1, 0, 0, 0] as [UInt64] { add(value, 2) }
    let size = UInt64(4 * words.count)
    for (value, count) in [(1, 4), (5, 4), (120, 8), (0x8000_0000, 8), (0x8000_0000, 8), (size, 8), (size, 8), (4, 8)]
      as [(UInt64, Int)]
    {
      add(value, count)
    }
    for word in words { add(UInt64(word), 4) }
    return Data(bytes)
  }

  /// What a good student hands in.
  func good(_ student: String) throws -> HandIn {
    HandIn(
      tool: "0.1.0", lesson: lesson.id, lessonDigest: "\(LessonSeed(lesson.digest))", student: student, guests: [:],
      log: [.init(step: 1, line: "stepstage"), .init(step: 1, quiz: "product", answer: try answer(student))],
      files: ["program": .init(name: "program.elf", data: try Self.program("hello"))])
  }

  func write(_ bytes: [UInt8], _ name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/in/\(name).handin"))
  }
  func write(_ handIn: HandIn) throws { try write(handIn.bytes, handIn.student) }

  func grade(_ arguments: [String], output: String = "results", environment: [String: String] = [:]) throws -> Outcome {
    try vitrine(
      ["grade", lessonPath] + arguments + ["--output", "\(folder)/\(output)"],
      environment: environment.merging(["TMPDIR": folder]) { $1 })
  }
  func result(_ name: String, in output: String = "results") -> GradeResult? {
    (try? Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(output)/\(name).json"))).flatMap {
      Gradescope.result(in: Array($0))
    }
  }
}
