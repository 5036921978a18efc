import CEditline
import Console

/// Lines from a person at a terminal, edited with libedit: history, completion, Ctrl-C as a key.
final class LineEditor: LineSource {
  let isInteractive = true
  /// Asked for completions of the text before the cursor.
  var complete: (String) -> Completion = { Completion(start: $0.count, candidates: []) }

  private let editor: OpaquePointer
  private let history: OpaquePointer
  private let historyPath: String?
  private var prompt = [CChar]()
  private var promptPointer: UnsafeMutablePointer<CChar>
  fileprivate var wasInterrupted = false

  /// Nil when libedit cannot use the terminal.
  init?(historyPath: String?) {
    guard let editor = vitrine_editline_open("vitrine"), let history = history_init() else { return nil }
    self.editor = editor
    self.history = history
    self.historyPath = historyPath
    promptPointer = .allocate(capacity: 256)
    promptPointer.initialize(repeating: 0, count: 256)
    vitrine_editline_set_client(editor, Unmanaged.passUnretained(self).toOpaque())
    vitrine_editline_prompt_function(editor) { LineEditor.of($0).promptPointer }
    vitrine_editline_emacs(editor)
    vitrine_history_set_size(history, 1000)
    if let historyPath { _ = vitrine_history_load(history, historyPath) }
    vitrine_editline_use_history(editor, history)
    vitrine_editline_add_function(editor, "vitrine-complete", "Complete the word") { editor, _ in
      LineEditor.of(editor).completeWord()
    }
    vitrine_editline_add_function(editor, "vitrine-interrupt", "Give the line up") { editor, _ in
      LineEditor.of(editor).wasInterrupted = true
      return UInt8(CC_NEWLINE)
    }
    vitrine_editline_bind(editor, "^I", "vitrine-complete")
    vitrine_editline_bind(editor, "^C", "vitrine-interrupt")
    vitrine_editline_bind(editor, "^R", "em-inc-search-prev")
    vitrine_editline_no_signals(editor)
    // The person's own bindings come last, so that they win.
    _ = el_source(editor, nil)
  }

  deinit {
    history_end(history)
    el_end(editor)
    promptPointer.deallocate()
  }

  private static func of(_ editor: OpaquePointer?) -> LineEditor {
    Unmanaged<LineEditor>.fromOpaque(vitrine_editline_client(editor)).takeUnretainedValue()
  }

  func readLine(prompt: String) -> LineRead {
    for (index, byte) in prompt.utf8.prefix(255).enumerated() { promptPointer[index] = CChar(bitPattern: byte) }
    promptPointer[min(prompt.utf8.count, 255)] = 0
    wasInterrupted = false
    var count: Int32 = 0
    let line = el_gets(editor, &count)
    if wasInterrupted {
      print("^C")
      return .interrupted
    }
    guard let line, count > 0 else { return .end }
    var text = String(cString: line)
    while text.hasSuffix("\n") || text.hasSuffix("\r") { text.removeLast() }
    return .line(text)
  }

  func remember(_ line: String) {
    guard line.contains(where: { $0 != " " }) else { return }
    vitrine_history_enter(history, line)
  }

  /// Writes the history to its file.
  func saveHistory(size: Int) {
    guard let historyPath else { return }
    vitrine_history_set_size(history, Int32(clamping: size))
    _ = vitrine_history_save(history, historyPath)
  }

  private func completeWord() -> UInt8 {
    guard let info = el_line(editor) else { return UInt8(CC_ERROR) }
    let count = info.pointee.cursor - info.pointee.buffer
    let bytes = UnsafeBufferPointer(start: info.pointee.buffer, count: count).map { UInt8(bitPattern: $0) }
    let text = String(decoding: bytes, as: UTF8.self)
    let completion = complete(text)
    let typed = String(text.dropFirst(completion.start))
    guard let first = completion.candidates.first else { return UInt8(CC_REFRESH_BEEP) }
    let common = completion.candidates.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
    let isOnly = completion.candidates.count == 1
    let addition = String(common.dropFirst(typed.count)) + (isOnly && !common.hasSuffix("/") ? " " : "")
    if !addition.isEmpty {
      el_insertstr(editor, addition)
      return UInt8(CC_REFRESH)
    }
    list(completion.candidates)
    return UInt8(CC_REDISPLAY)
  }

  /// Shows the candidates in columns below the line.
  private func list(_ candidates: [String]) {
    let shown = candidates.prefix(200)
    let width = (shown.map(\.count).max() ?? 0) + 2
    let columns = max(1, 78 / width)
    var text = "\n"
    for (index, candidate) in shown.enumerated() {
      let isLastInRow = index % columns == columns - 1 || index == shown.count - 1
      text += isLastInRow ? candidate + "\n" : candidate + String(repeating: " ", count: width - candidate.count)
    }
    if candidates.count > shown.count { text += "… and \(candidates.count - shown.count) more\n" }
    Terminal.write(Array(text.utf8), to: 1)
  }
}

extension String {
  fileprivate func commonPrefix(with other: String) -> String {
    String(zip(self, other).prefix { $0 == $1 }.map(\.0))
  }
}

/// Lines from a pipe or a file on standard input: plain reads.
final class PlainLines: LineSource {
  let isInteractive = false

  func readLine(prompt: String) -> LineRead {
    guard var line = Swift.readLine() else { return .end }
    while line.hasSuffix("\\"), let next = Swift.readLine() { line = line.dropLast() + next }
    return .line(line)
  }
}
