import LessonKit
import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the process that grades one hand-in gives up before it looks at it. The operating system keeps it to that, whatever
/// happens in the process.
enum Confinement {
  /// CPU time, memory and descriptors. Ends the process where it is about to reach outside of them.
  static func begin(_ limits: GradingLimits) throws {
    // The watch ends a replay in good order at its limit; this is for what does not listen.
    try limit(RLIMIT_CPU, to: UInt64(limits.seconds) + 5)
    try limit(RLIMIT_CORE, to: 0)
    try limit(RLIMIT_NOFILE, to: 64)
    // Guests' RAM is set aside without being filled: what is filled is for the watch.
    try limit(RLIMIT_AS, to: 4 * limits.memory + (8 << 30))
  }

  /// From here on nothing can be written to any file.
  static func forbidFiles() throws { try limit(RLIMIT_FSIZE, to: 0) }

  #if canImport(Glibc)
    private typealias Resource = __rlimit_resource
  #else
    private typealias Resource = Int32
  #endif

  private static func limit(_ resource: Resource, to value: UInt64) throws {
    let value = rlim_t(value)
    var limit = rlimit(rlim_cur: value, rlim_max: value)
    #if canImport(Glibc)
      let status = setrlimit(__rlimit_resource_t(resource.rawValue), &limit)
    #else
      let status = setrlimit(resource, &limit)
    #endif
    guard status == 0 else { throw Failure("no limit can be set: \(Errno(rawValue: errno))") }
  }
}
