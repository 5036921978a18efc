/// Runs a line program: a small machine whose registers are one row, and whose instructions append it.
/// DWARF 5, "The Line Number Program".
struct LineProgram {
  private let header: LineHeader
  private let sections: DWARFSections
  private var cursor: DWARFCursor

  private var address: UInt64 = 0
  private var file: UInt64 = 1
  private var line: UInt64 = 1
  private var column: UInt64 = 0
  private var isStatement: Bool
  private var isPrologueEnd = false

  private var rows: [LineTable.Row] = []
  private var sequences: [LineTable.Sequence] = []
  private var firstRow = 0
  private var isSorted = true

  /// The rows of a program; where it cannot be read on, those of the sequences before.
  static func run(_ header: LineHeader, _ sections: DWARFSections) -> LineTable {
    var program = LineProgram(header, sections)
    var warning: DWARFError?
    do throws(DWARFError) { try program.run() } catch { warning = error }
    program.rows.removeSubrange(program.firstRow...)
    return LineTable(rows: program.rows, sequences: program.sequences, warning: warning)
  }

  private init(_ header: LineHeader, _ sections: DWARFSections) {
    self.header = header
    self.sections = sections
    cursor = header.program
    isStatement = header.isStatementAtStart
  }

  private mutating func run() throws(DWARFError) {
    while !cursor.isAtEnd {
      let opcode = try cursor.byte()
      if opcode >= header.opcodeBase {
        try advance(opcode - header.opcodeBase)
        appendRow()
      } else if opcode == 0 {
        try extended()
      } else {
        try standard(opcode)
      }
    }
  }

  /// What a special opcode does before it appends a row.
  private mutating func advance(_ adjusted: UInt8) throws(DWARFError) {
    guard header.lineRange > 0 else { throw .noLineRange(header.place) }
    address &+= UInt64(adjusted / header.lineRange) &* header.minimumInstructionLength
    line &+= UInt64(bitPattern: header.lineBase + Int64(adjusted % header.lineRange))
  }

  private mutating func standard(_ opcode: UInt8) throws(DWARFError) {
    let operandCount = header.operandCounts[Int(opcode) - 1]
    // A program may say that an opcode has other operands than usual; then it is not the usual opcode.
    guard opcode <= 12, operandCount == Self.operandCounts[Int(opcode) - 1] else {
      for _ in 0..<operandCount { _ = try cursor.unsigned() }
      return
    }
    switch opcode {
    case 1: appendRow()
    case 2: address &+= try cursor.unsigned() &* header.minimumInstructionLength
    case 3: line &+= UInt64(bitPattern: try cursor.signed())
    case 4: file = try cursor.unsigned()
    case 5: column = try cursor.unsigned()
    case 6: isStatement.toggle()
    case 8:
      let line = line
      try advance(255 - header.opcodeBase)
      self.line = line
    case 9: address &+= UInt64(try cursor.half())
    case 10: isPrologueEnd = true
    case 12: _ = try cursor.unsigned()
    default: break  // Begin of a basic block (7), of an epilogue (11): nobody asks.
    }
  }

  private static let operandCounts: [UInt8] = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1]

  private mutating func extended() throws(DWARFError) {
    let length = try cursor.unsigned()
    guard length > 0 else { return }
    var operands = try cursor.part(length)
    switch try operands.byte() {
    case 1: endSequence()
    case 2:
      guard operands.remaining == 8 else {
        throw .wrongAddressSize(operands.place, UInt64(operands.remaining))
      }
      address = try operands.double()
    default: break  // Definitions of files (3), discriminators (4), vendors' own.
    }
  }

  private mutating func appendRow() {
    if rows.count > firstRow, address < rows[rows.count - 1].address { isSorted = false }
    rows.append(
      LineTable.Row(
        address: address, file: UInt32(clamping: file), line: UInt32(truncatingIfNeeded: line),
        column: UInt32(clamping: column), isStatement: isStatement, isPrologueEnd: isPrologueEnd))
    isPrologueEnd = false
  }

  private mutating func endSequence() {
    if !isSorted {
      let sorted = rows[firstRow...].enumerated().sorted {
        ($0.element.address, $0.offset) < ($1.element.address, $1.offset)
      }
      rows.replaceSubrange(firstRow..., with: sorted.map(\.element))
    }
    if rows.count > firstRow, case let start = rows[firstRow].address, start < address, sections.isCode(start) {
      // Rows behind the end have no code.
      let count = rows[firstRow...].partitioningIndex { $0.address >= address }
      rows.removeSubrange(count...)
      sequences.append(LineTable.Sequence(rows: firstRow..<rows.count, addresses: start..<address))
    } else {
      rows.removeSubrange(firstRow...)
    }
    firstRow = rows.count
    isSorted = true
    (address, file, line, column) = (0, 1, 1, 0)
    (isStatement, isPrologueEnd) = (header.isStatementAtStart, false)
  }
}
