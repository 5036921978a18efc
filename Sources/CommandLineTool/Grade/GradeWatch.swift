import Debugger
import Dispatch
import LessonKit
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Looks, while a hand-in is replayed, how much it has taken.
final class GradeWatch {
  private let over = OverFlag()
  private let timer: any DispatchSourceTimer

  /// `flag` is raised when the CPU time is used up, again and again: each run of a guest clears it. A process that has filled its
  /// memory ends at once.
  init(_ limits: GradingLimits, _ flag: InterruptFlag) {
    timer = DispatchSource.makeTimerSource(queue: .global(qos: .userInteractive))
    let before = Self.filledMemory
    timer.schedule(deadline: .now(), repeating: 0.02)
    timer.setEventHandler { [over] in
      if Self.filledMemory > before + limits.memory { _exit(GradeProcess.memoryStatus) }
      guard Self.seconds > Double(limits.seconds) else { return }
      over.isSet.store(true, ordering: .relaxed)
      flag.raise()
    }
    timer.resume()
  }

  /// The CPU time is used up.
  var isOver: Bool { over.isSet.load(ordering: .relaxed) }
  func end() { timer.cancel() }

  private static var seconds: Double {
    var use = rusage()
    #if canImport(Glibc)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &use)
    #else
      getrusage(RUSAGE_SELF, &use)
    #endif
    return Double(use.ru_utime.tv_sec + use.ru_stime.tv_sec)
      + Double(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6
  }

  /// Bytes of memory that this process has filled itself, files that it maps not among them.
  private static var filledMemory: UInt64 {
    #if canImport(Glibc)
      // Pages: all, resident, of files.
      let text = (try? Files.read("/proc/self/statm")).map { String(decoding: $0, as: UTF8.self) } ?? ""
      let pages = text.split(separator: " ").compactMap { UInt64($0) }
      return pages.count > 2 ? (pages[1] - min(pages[1], pages[2])) * UInt64(getpagesize()) : 0
    #else
      var use = rusage()
      getrusage(RUSAGE_SELF, &use)
      return UInt64(use.ru_maxrss)
    #endif
  }
}

/// Set on the timer's thread, looked at on the replay's.
private final class OverFlag: Sendable {
  let isSet = Atomic<Bool>(false)
}
