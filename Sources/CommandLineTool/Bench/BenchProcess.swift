import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a finished child process used.
struct ProcessUse {
  /// CPU seconds in user mode, of all its threads.
  var userSeconds: Double
  var realSeconds: Double
  /// Exit status; minus the signal that ended it.
  var status: Int32
  /// It was ended because it took too long.
  var isLate = false
}

/// One program that is run to its end, or to a text that it prints.
struct BenchProcess {
  var arguments: [String]
  /// Seconds after which it is ended.
  var timeout = 120.0
  /// Once the first text has been printed, the second is typed; where there is none, the program is ended.
  var conversation: [(prompt: String, answer: String?)] = []

  /// The child that runs, for a signal that ends us: it must not outlive us.
  static let running = Mutex<pid_t>(0)

  /// Runs it. Standard input is empty unless there is a conversation; what it prints is thrown away.
  func run() throws -> ProcessUse {
    var input: [Int32] = [-1, -1]
    var output: [Int32] = [-1, -1]
    let talks = !conversation.isEmpty
    if talks { guard pipe(&input) == 0, pipe(&output) == 0 else { throw Failure("no pipe: \(reason())") } }
    let start = monotonicSeconds()
    let child = try spawn(input: input, output: output)
    Self.running.withLock { $0 = child }
    defer { Self.running.withLock { $0 = 0 } }
    if talks {
      close(input[0])
      close(output[1])
      converse(child, from: output[0], to: input[1], until: start + timeout)
      close(input[1])
      close(output[0])
    }
    return wait(child, from: start)
  }

  private func reason() -> String { String(cString: strerror(errno)) }

  private func spawn(input: [Int32], output: [Int32]) throws -> pid_t {
    #if canImport(Glibc)
      var actions = posix_spawn_file_actions_t()
    #else
      var actions: posix_spawn_file_actions_t?
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if input[0] >= 0 {
      posix_spawn_file_actions_adddup2(&actions, input[0], 0)
      posix_spawn_file_actions_adddup2(&actions, output[1], 1)
      for descriptor in input + output { posix_spawn_file_actions_addclose(&actions, descriptor) }
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
      posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    }
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    let error = posix_spawn(&child, arguments[0], &actions, nil, &words, environ)
    guard error == 0 else { throw Failure("\(arguments[0]): \(String(cString: strerror(error)))") }
    return child
  }

  /// Waits for the child's end, or brings it about.
  private func wait(_ child: pid_t, from start: Double) -> ProcessUse {
    var status: Int32 = 0
    var usage = rusage()
    var isLate = false
    while wait4(child, &status, WNOHANG, &usage) == 0 {
      if monotonicSeconds() > start + timeout, !isLate {
        isLate = true
        kill(child, SIGKILL)
      }
      usleep(1000)
    }
    let code = status & 0x7f == 0 ? status >> 8 & 0xff : -(status & 0x7f)
    return ProcessUse(
      userSeconds: Double(usage.ru_utime.tv_sec) + Double(usage.ru_utime.tv_usec) / 1e6,
      realSeconds: monotonicSeconds() - start, status: code, isLate: isLate)
  }

  /// Reads what the child prints and answers it; ends it at the last prompt.
  private func converse(_ child: pid_t, from output: Int32, to input: Int32, until end: Double) {
    var seen: [UInt8] = []
    var rest = conversation[...]
    var buffer = [UInt8](repeating: 0, count: 4096)
    while let next = rest.first {
      var poller = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      if monotonicSeconds() > end { return }
      guard poll(&poller, 1, 100) > 0 else { continue }
      let count = read(output, &buffer, buffer.count)
      guard count > 0 else { return }
      seen += buffer[..<count]
      guard seen.contains(sequence: Array(next.prompt.utf8)) else { continue }
      seen = []
      rest.removeFirst()
      if let answer = next.answer { Terminal.write(Array(answer.utf8), to: input) } else { kill(child, SIGKILL) }
    }
  }
}

extension [UInt8] {
  fileprivate func contains(sequence: [UInt8]) -> Bool {
    guard count >= sequence.count else { return false }
    return (0...(count - sequence.count)).contains { self[$0...].starts(with: sequence) }
  }
}
