/// The lessons that come with the tool: one folder each in `Lessons/Course`.
package enum Lessons {
  /// What SwiftPM calls the folder with the resources of this target, which lies beside the executable.
  package static let resourceFolder = "Vitrine_Lessons.resources"
  /// The folder in it that has a folder for each lesson.
  package static let courseFolder = "Course"
}
