import LessonKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A process that grades one hand-in: this executable again, which prints the result on a pipe.
final class GradeProcess {
  let task: Int
  let child: pid_t
  /// What it prints, and what it complains; -1 once they are at their end.
  private(set) var descriptors: [Int32]
  private var output: [UInt8] = []
  private var complaint: [UInt8] = []
  private let start = monotonicSeconds()
  private let limits: GradingLimits
  private var isLate = false
  private var isTalkative = false
  /// A grade with all its reasons is far below this.
  private static let longest = 8 << 20

  /// What the child's status means, where it is none of the shell's: it filled its memory.
  static let memoryStatus: Int32 = 81

  init(task: Int, arguments: [String], limits: GradingLimits) throws {
    (self.task, self.limits) = (task, limits)
    var (printed, said): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
    guard pipe(&printed) == 0, pipe(&said) == 0 else { throw Failure("no pipe: \(String(cString: strerror(errno)))") }
    // What one child does not get, its brothers must not hold open either.
    for descriptor in printed + said { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    #if canImport(Glibc)
      var actions = posix_spawn_file_actions_t()
    #else
      var actions: posix_spawn_file_actions_t?
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, printed[1], 1)
    posix_spawn_file_actions_adddup2(&actions, said[1], 2)
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    let error = posix_spawn(&child, arguments[0], &actions, nil, &words, environ)
    close(printed[1])
    close(said[1])
    guard error == 0 else {
      close(printed[0])
      close(said[0])
      throw Failure("\(arguments[0]): \(String(cString: strerror(error)))")
    }
    self.child = child
    descriptors = [printed[0], said[0]]
  }

  /// Real seconds after which it is ended. CPU time is limited in the child; this is for one that waits for ever, and for many
  /// that share few processors.
  private var patience: Double { 3 * Double(limits.seconds) + 20 }

  /// Takes what it has printed so far, from whichever of its pipes has something.
  func read(_ index: Int) {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = systemRead(descriptors[index], &buffer)
    guard count > 0 else {
      if count < 0, errno == EINTR || errno == EAGAIN { return }
      close(descriptors[index])
      descriptors[index] = -1
      return
    }
    if index == 0 { output += buffer[..<count] } else { complaint = (complaint + buffer[..<count]).suffix(4096) }
    if output.count > Self.longest, !isTalkative {
      isTalkative = true
      kill(child, SIGKILL)
    }
  }

  private func systemRead(_ descriptor: Int32, _ buffer: inout [UInt8]) -> Int {
    #if canImport(Glibc)
      Glibc.read(descriptor, &buffer, buffer.count)
    #else
      Darwin.read(descriptor, &buffer, buffer.count)
    #endif
  }

  /// What became of it once it has ended; nil while it runs.
  func end() -> Ending? {
    if monotonicSeconds() > start + patience, !isLate {
      isLate = true
      kill(child, SIGKILL)
    }
    guard descriptors.allSatisfy({ $0 < 0 }) else { return nil }
    var status: Int32 = 0
    guard waitpid(child, &status, WNOHANG) == child else { return nil }
    return ending(status, seconds: monotonicSeconds() - start)
  }

  struct Ending {
    /// What it printed, where it ended well.
    var output: [UInt8]?
    var status: GradeResult.Status = .review
    var reason: String?
    var seconds: Double
  }

  private func ending(_ status: Int32, seconds: Double) -> Ending {
    let signal = status & 0x7f
    let code = status >> 8 & 0xff
    func ended(_ status: GradeResult.Status, _ reason: String) -> Ending {
      Ending(status: status, reason: reason, seconds: seconds)
    }
    let text = String(decoding: complaint, as: UTF8.self)
    if isTalkative { return ended(.review, "its grade does not fit into \(Self.longest >> 20) MiB") }
    if isLate { return ended(.failed, "it was ended after \(Int(patience)) s, with a limit of \(limits.seconds) s") }
    if signal == SIGXCPU { return ended(.failed, "it ran out of its \(limits.seconds) s") }
    let memory = "it wanted more than \(limits.memory >> 20) MiB of memory"
    if code == Self.memoryStatus, signal == 0 { return ended(.failed, memory) }
    if signal != 0, text.contains("allocate") { return ended(.failed, memory) }
    if signal != 0 {
      return ended(
        .review,
        "the grader itself ended with signal \(signal) (\(String(cString: strsignal(signal)))): a mistake of vitrine")
    }
    if code == 0 { return Ending(output: output, seconds: seconds) }
    let last = text.split(separator: "\n").last.map(String.init) ?? "status \(code)"
    return ended(.review, "it could not be graded: \(last.hasPrefix("Error: ") ? String(last.dropFirst(7)) : last)")
  }

  deinit { for descriptor in descriptors where descriptor >= 0 { close(descriptor) } }
}
