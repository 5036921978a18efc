/// The firmware below us, called by the SBI (Supervisor Binary Interface): an `ecall` from supervisor mode.
enum Firmware {
  private static let base: UInt64 = 0x10
  private static let timer: UInt64 = 0x5449_4d45  // "TIME"
  private static let interprocessorInterrupt: UInt64 = 0x73_5049  // "sPI"
  private static let hartState: UInt64 = 0x48_534d  // "HSM"
  private static let systemReset: UInt64 = 0x5352_5354  // "SRST"
  private static let debugConsole: UInt64 = 0x4442_434e  // "DBCN"

  /// Whether the firmware offers an extension.
  static func offers(extension number: UInt64) -> Bool {
    let answer = sbi_call(base, 3, number, 0, 0)
    return answer.error == 0 && answer.value != 0
  }

  /// Asks for a timer interrupt on this hart at an absolute time; this also takes back a pending one.
  static func setTimer(_ time: UInt64) {
    _ = sbi_call(timer, 0, time, 0, 0)
  }

  /// Raises a software interrupt on another hart.
  static func interrupt(hart: UInt64) {
    _ = sbi_call(interprocessorInterrupt, 0, 1, hart, 0)
  }

  /// Starts a waiting hart at a physical address, with a1 = `argument`. Returns whether the firmware agreed.
  static func start(hart: UInt64, at entry: UInt64, argument: UInt64) -> Bool {
    sbi_call(hartState, 0, hart, entry, argument).error == 0
  }

  /// Writes one byte to the firmware's own console: for words before our own driver stands.
  static func write(byte: UInt8) {
    _ = sbi_call(debugConsole, 2, UInt64(byte), 0, 0)
  }

  /// Switches the machine off. The reason tells those outside whether it went well.
  static func shutDown(failed: Bool) -> Never {
    _ = sbi_call(systemReset, 0, 0, failed ? 1 : 0, 0)
    while true { wait_for_interrupt() }
  }
}
