import Foundation
import Guests
import LessonKit

/// Makes an ELF file of what a student wrote, by the script that builds the guests of the catalog.
struct TaskBuilder {
  let task: LessonTask
  /// The student's folder for the lesson's work.
  let work: String

  /// The path of the file to hand in or to run.
  func product() throws -> String {
    let place = work + "/" + task.place
    guard Files.exists(place) else {
      throw Failure("\(place): there is nothing yet. It is the task \(task.id): \(task.says)")
    }
    guard task.isBuilt else { return place }
    guard let catalog = Guests.catalog else { throw Failure(Guests.absence(of: "")) }
    // Beside its sources, where the prompt finds them.
    let product = place + "/" + task.id + ".elf"
    let outcome = ToolProcess.run("/bin/bash", [catalog + "/build", "--folder", place, product])
    guard outcome.status == 0 else { throw Failure("\(place) does not build:\n\(outcome.output)") }
    return product
  }

  /// Puts what a task begins with into the folder for the work, where nothing of that name is there yet.
  static func prepare(_ task: LessonTask, of lesson: LessonFolder, in work: String) throws {
    try StudentFolder.makeFolders(work)
    guard let start = task.start else { return }
    let folder: String
    if task.startsInCatalog {
      guard let catalog = Guests.catalog else { throw Failure(Guests.absence(of: "")) }
      folder = catalog
    } else {
      folder = lesson.path
    }
    try place(folder + "/" + start, of: task, in: work)
  }

  /// Copies a file or a folder to where a task's work is; what is there already stays as it is.
  static func place(_ source: String, of task: LessonTask, in work: String) throws {
    guard Files.exists(source) else { throw Failure("\(source): there is no such file.") }
    if Files.isFolder(source) {
      try StudentFolder.makeFolders(work + "/" + task.place)
      try LessonFiles.copyMissing(from: source, to: work + "/" + task.place, named: "")
    } else {
      try LessonFiles.copyMissing(from: source, to: work, named: task.place)
    }
  }
}
