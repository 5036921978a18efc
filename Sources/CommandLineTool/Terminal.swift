import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The terminal of this process: whether there is one, its size, and raw mode.
enum Terminal {
  static var hasInput: Bool { isatty(0) == 1 }
  static var hasOutput: Bool { isatty(1) == 1 }
  static var hasErrors: Bool { isatty(2) == 1 }
  /// Colours are wanted: a terminal, and the person did not say no (no-color.org).
  static var wantsColours: Bool {
    guard hasOutput else { return false }
    if let value = getenv("NO_COLOR"), value.pointee != 0 { return false }
    if let term = getenv("TERM"), String(cString: term) == "dumb" { return false }
    return true
  }
  static var height: Int? { size.map { Int($0.ws_row) } }
  static var width: Int? { size.map { Int($0.ws_col) } }

  private static var size: winsize? {
    var size = winsize()
    guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0, size.ws_col > 0 else { return nil }
    return size
  }

  /// Writes all bytes to a file descriptor. False once nobody reads any more.
  @discardableResult
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR || errno == EAGAIN { continue }
        return false
      }
      done += count
    }
    return true
  }

  private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Glibc)
      Glibc.write(descriptor, bytes, count)
    #else
      Darwin.write(descriptor, bytes, count)
    #endif
  }

  /// The settings from before raw mode, to be put back at the end, however it comes.
  private static let saved = Mutex<termios?>(nil)

  /// Every key goes to the guest as it is.
  static func enterRawMode() {
    var settings = termios()
    guard tcgetattr(0, &settings) == 0 else { return }
    saved.withLock { if $0 == nil { $0 = settings } }
    cfmakeraw(&settings)
    // Output keeps its newlines: a guest's \n starts a line at the left.
    settings.c_oflag |= tcflag_t(OPOST | ONLCR)
    tcsetattr(0, TCSADRAIN, &settings)
  }

  static func leaveRawMode() {
    saved.withLock { settings in
      if var settings { tcsetattr(0, TCSADRAIN, &settings) }
      settings = nil
    }
  }
}
