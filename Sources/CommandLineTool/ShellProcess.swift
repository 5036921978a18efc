import Guests

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A command of the shell, on this process's terminal.
enum ShellProcess {
  /// Runs it to its end. Returns its status, 128 and more where a signal ended it; nil where there is no shell.
  static func run(_ command: String, in folder: String? = nil) -> Int32? {
    #if canImport(Glibc)
      var attributes = posix_spawnattr_t()
    #else
      var attributes: posix_spawnattr_t?
    #endif
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Ctrl-C is taken by a thread of ours, which leaves it ignored; the command is to be stopped by it as ever.
    var defaults = sigset_t()
    sigemptyset(&defaults)
    for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { sigaddset(&defaults, number) }
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    let script = (folder == nil ? "" : "cd -- \"$0\"; ") + command
    let arguments: [String] = ["/bin/sh", "-c", script, folder ?? "sh"]
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
    defer { for text in words + variables { free(text) } }
    var child: pid_t = 0
    guard posix_spawn(&child, "/bin/sh", nil, &attributes, &words, &variables) == 0 else { return nil }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + (status & 0x7f)
  }

  /// Ours, with this program's folder behind the others on `PATH`.
  private static var environment: [String] {
    var all: [String] = []
    var next = environ
    while let entry = next.pointee {
      all.append(String(cString: entry))
      next += 1
    }
    guard let executable = Guests.executablePath(), let slash = executable.lastIndex(of: "/") else { return all }
    let folder = String(executable[..<slash])
    guard let index = all.firstIndex(where: { $0.hasPrefix("PATH=") }) else {
      return all + ["PATH=/usr/bin:/bin:\(folder)"]
    }
    all[index] += ":" + folder
    return all
  }
}
