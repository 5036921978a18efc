/// The lessons that come with the tool: one folder each in `Lessons/Course`.
package enum Lessons {
}
