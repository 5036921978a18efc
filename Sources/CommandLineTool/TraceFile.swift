import ArgumentParser
import SystemPackage
import Trace

/// A file, a pipe or a device that takes a trace.
final class TraceFile: TraceOutput {
  let path: String
  private let file: FileDescriptor

  /// Opens the file, emptied. A descriptor of this process, such as `/dev/stdout` or `/dev/fd/63`, is used as it is: to open the
  /// pipe behind it again would wait for a reader that may be gone.
  init(_ path: String) throws(TraceError) {
    self.path = path
    do {
      if let descriptor = Self.descriptor(path) {
        file = try FileDescriptor(rawValue: descriptor).duplicate()
      } else {
        file = try FileDescriptor.open(
          FilePath(Files.expand(path)), .writeOnly, options: [.create, .truncate, .closeOnExec],
          permissions: [.ownerReadWrite, .groupRead, .otherRead])
      }
    } catch { throw .file(path: path, reason: "\(error)") }
  }

  private static func descriptor(_ path: String) -> Int32? {
    switch path {
    case "/dev/stdout": return 1
    case "/dev/stderr": return 2
    default:
      for prefix in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(prefix) {
        return Int32(path.dropFirst(prefix.count))
      }
      return nil
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(TraceError) {
    do { _ = try file.writeAll(bytes) } catch { throw .file(path: path, reason: "\(error)") }
  }

  func close() throws(TraceError) {
    do { try file.close() } catch { throw .file(path: path, reason: "\(error)") }
  }
}

/// `--trace`, for `run` and `debug`.
struct TraceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write every instruction and what it does to a file: JSON Lines, or as spike --log-commits does.",
      valueName: "file[,format=jsonl|commit-log]"), completion: .file())
  var trace: String?

  /// A recorder on a file that is open; nil when no trace is wanted.
  func recorder() throws -> TraceRecorder? {
    guard let trace else { return nil }
    let request: TraceRequest
    do { request = try TraceRequest(parsing: trace) } catch { throw ValidationError("--trace: \(error)") }
    do { return TraceRecorder(request.format, try TraceFile(request.path)) } catch { throw Failure("\(error)") }
  }
}
