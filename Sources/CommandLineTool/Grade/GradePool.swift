import LessonKit
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Some processes at a time, each for one task.
struct GradePool {
  let jobs: Int
  let limits: GradingLimits
  /// The command for a task.
  let command: (Int) -> [String]

  /// The children that run, for a signal that ends us: none may outlive us. A child begins under its lock, so that none begins
  /// once the others have been ended.
  static let running = Mutex<Set<pid_t>>([])

  /// Runs tasks 0..<count in order. `finished` is told each one's end, as it comes.
  func run(_ tasks: [Int], finished: (Int, GradeProcess.Ending) throws -> Void) throws {
    var waiting = tasks[...]
    var processes: [GradeProcess] = []
    defer { for process in processes { stop(process) } }
    while !waiting.isEmpty || !processes.isEmpty {
      while processes.count < jobs, let task = waiting.popFirst() {
        processes.append(try begin(task))
      }
      listen(to: processes)
      var others: [GradeProcess] = []
      var ended: [(Int, GradeProcess.Ending)] = []
      for process in processes {
        if let ending = process.end() {
          Self.running.withLock { _ = $0.remove(process.child) }
          ended.append((process.task, ending))
        } else {
          others.append(process)
        }
      }
      processes = others
      for (task, ending) in ended { try finished(task, ending) }
    }
  }

  private func begin(_ task: Int) throws -> GradeProcess {
    var process: GradeProcess?
    try Self.running.withLock { running in
      let begun = try GradeProcess(task: task, arguments: command(task), limits: limits)
      running.insert(begun.child)
      process = begun
    }
    return process!
  }

  /// Ends all children and then this process.
  static func exit(_ status: Int32, after cleanUp: () -> Void) -> Never {
    running.withLock { children in
      for child in children { kill(child, SIGKILL) }
      cleanUp()
      _exit(status)
    }
  }

  /// Waits for something to read, but not for long: a process can end in silence, too.
  private func listen(to processes: [GradeProcess]) {
    var polls: [pollfd] = []
    var owners: [(GradeProcess, Int)] = []
    for process in processes {
      for index in process.descriptors.indices where process.descriptors[index] >= 0 {
        polls.append(pollfd(fd: process.descriptors[index], events: Int16(POLLIN), revents: 0))
        owners.append((process, index))
      }
    }
    if polls.isEmpty {
      usleep(1000)
      return
    }
    guard poll(&polls, nfds_t(polls.count), 50) > 0 else { return }
    for (poll, (process, index)) in zip(polls, owners) where poll.revents != 0 { process.read(index) }
  }

  private func stop(_ process: GradeProcess) {
    kill(process.child, SIGKILL)
    var status: Int32 = 0
    waitpid(process.child, &status, 0)
    Self.running.withLock { _ = $0.remove(process.child) }
  }
}
