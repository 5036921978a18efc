/// How a trace is written.
package enum TraceFormat: String, Sendable, CaseIterable {
  /// One JSON object a line, after a header line.
  case jsonLines = "jsonl"
  /// As `spike --log-commits` writes it.
  case commitLog = "commit-log"
}

/// Where a trace goes and how, as a person writes it: `FILE[,format=jsonl|commit-log]`.
package struct TraceRequest: Sendable, Equatable {
  package var path: String
  package var format: TraceFormat

  /// - Throws: ``TraceError/noFile``, ``TraceError/unknownFormat(_:)``
  package init(parsing text: some StringProtocol) throws(TraceError) {
    let mark = ",format="
    path = String(text)
    format = .jsonLines
    if let start = text.indices.last(where: { text[$0...].hasPrefix(mark) }) {
      let name = String(text[start...].dropFirst(mark.count))
      guard let known = TraceFormat(rawValue: name) else { throw .unknownFormat(name) }
      path = String(text[..<start])
      format = known
    }
    if path.isEmpty { throw .noFile }
  }
}

/// Why there is no trace, or no more of it.
package enum TraceError: Error, Equatable, CustomStringConvertible {
  case noFile
  case unknownFormat(String)
  /// The file cannot be opened or written to; `reason` is the system's.
  case file(path: String, reason: String)

  package var description: String {
    switch self {
    case .noFile: "A trace needs a file: FILE, or FILE,format=jsonl, or FILE,format=commit-log."
    case .unknownFormat(let name):
      "There is no trace format \"\(name)\": \(TraceFormat.allCases.map(\.rawValue).joined(separator: " or "))."
    case .file(let path, let reason): "The trace cannot be written to \(path): \(reason)."
    }
  }
}

/// Takes the bytes of a trace, in order.
package protocol TraceOutput: AnyObject {
  /// The name of the file, for messages.
  var path: String { get }
  /// Writes all of the bytes before it returns.
  func write(_ bytes: UnsafeRawBufferPointer) throws(TraceError)
  /// Says whether everything arrived. Nothing is written afterwards.
  func close() throws(TraceError)
}
