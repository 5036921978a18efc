import LessonKit

/// How far grading is, on a terminal's last line.
struct ProgressBar {
  let total: Int
  var done: Int
  private var reviews = 0
  private let isShown = Terminal.hasErrors

  init(total: Int, done: Int) { (self.total, self.done) = (total, done) }

  mutating func note(_ result: GradeResult) {
    done += 1
    if result.status == .review { reviews += 1 }
    show()
  }

  func show() {
    guard isShown, total > 1 else { return }
    let width = 30
    let filled = done * width / total
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
    let review = reviews > 0 ? ", \(reviews) for review" : ""
    Terminal.write(Array("\r\u{1b}[K[\(bar)] \(done)/\(total) graded\(review)".utf8), to: 2)
  }

  func clear() { if isShown, total > 1 { Terminal.write(Array("\r\u{1b}[K".utf8), to: 2) } }
}
