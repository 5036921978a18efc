/// Why a file was refused as a hand-in.
package enum HandInError: Error, Equatable, CustomStringConvertible {
  /// It has `count` bytes, and more than ``HandIn/Bounds/fileSize`` is never read.
  case tooLarge(count: Int)
  case empty
  /// It begins like a hand-in and stops after `count` bytes.
  case truncated(count: Int)
  /// It is not JSON, or no object, or says nothing of a format.
  case noHandIn(reason: String)
  /// A hand-in, of another version of the format.
  case otherFormat(found: String, tool: String?)
  /// The member at `path` is missing, or is not what it should be.
  case member(path: String, reason: String)

  package var description: String {
    switch self {
    case .tooLarge(let count):
      "it has \(count) bytes, and a hand-in at most \(HandIn.Bounds.fileSize): only what `vitrine handin` writes can be graded"
    case .empty: "it is empty: ask for it again"
    case .truncated(let count): "it ends in the middle, after \(count) bytes: ask for it again"
    case .noHandIn(let reason): "this is no hand-in (\(reason)): ask for the file that `vitrine handin` writes"
    case .otherFormat(let found, let tool):
      "it is \"\(found)\"\(tool.map { ", from vitrine \($0)" } ?? ""), and this tool reads \"\(HandIn.format)\": "
        + "grade it with that version, or ask for one of this"
    case .member(let path, let reason): "\(path): \(reason); ask for the file that `vitrine handin` writes"
    }
  }
}
