/// Where the parts of a lock-step program lie in physical memory, and by the identity mapping in every address space.
enum Place {
  static let base: UInt64 = 0x8000_0000
  /// Prologue, M-mode handler and epilogue.
  static let machineCode = base
  /// The handlers of HS and VS, where sret brings no code back to them.
  static let supervisorHandler = base + 0x1000
  static let guestHandler = base + 0x2000
  /// Saved registers of the handlers: 256 bytes each, then the end of the log.
  static let saves = base + 0x3000
  static let logEnd: UInt64 = 0x300
  /// A doubleword that says whether the results are to be sent through the UART.
  static let sendsResults = base + 0x3310
  static let toHost = base + 0x3800
  static let fromHost = base + 0x3840
  /// Doublewords that the program takes values of CSRs from.
  static let pool = base + 0x4000
  /// For each slot the mode to go on in after a trap.
  static let modes = base + 0x5000
  /// What the prologue puts into CSRs and registers, and the values of `hgatp` that the fence of all guests goes through.
  static let initialValues = base + 0x6000
  static let guestRoots = initialValues + 0x800
  static let upperTables = base + 0x1_0000
  /// Roots of the second stage, 16 KiB each, and what lies between them and the leaves.
  static let guestTables = base + 0x1_c000
  /// The slots of the program: 16 KiB, so that an offset into it is 14 bits of any address.
  static let code = base + 0x4_0000
  static let codeSize: UInt64 = 0x4000
  static let slotSize: UInt64 = 16
  /// Results: from here to `resultsEnd` is the signature.
  static let results = base + 0x6_0000
  static let log = base + 0x6_1000
  static let logSize: UInt64 = 0x2000
  static let recordSize: UInt64 = 64
  static let data = base + 0x6_4000
  static let dataPages: UInt64 = 4
  /// Leaf tables of both stages, whose A and D bits are results too.
  static let leafTables = base + 0x6_8000
  static let guestLeafTables = leafTables + 0x4000
  static let resultsEnd = base + 0x7_0000
  static let imageEnd = resultsEnd
  /// Memory that megapages and 64 KiB pages lead to.
  static let far = base + 0x20_0000
  /// Distance of the second mapping, whose rights are random: no board has anything at these physical addresses.
  static let alias: UInt64 = 0x4000_0000
}
