/// The lines that one compilation unit's code was made from, by address. DWARF 5, "Line Number Information".
package struct LineTable: Sendable {
  /// One row: from its address to the next row's, the code comes from this place in the source.
  package struct Row: Hashable, Sendable {
    package let address: UInt64
    /// Into the table's files, as the producer numbers them.
    package let file: UInt32
    /// From 1; 0 for code that comes from no line.
    package let line: UInt32
    /// From 1; 0 where not known or for the line's beginning.
    package let column: UInt32
    /// Whether a breakpoint for the line belongs here.
    package let isStatement: Bool
    /// Whether a breakpoint on the function belongs here: its frame is set up.
    package let isPrologueEnd: Bool
  }

  /// Code without a gap, such as a function's section: some rows, and where the last of them ends.
  package struct Sequence: Hashable, Sendable {
    package let rows: Range<Int>
    package let addresses: Range<UInt64>
  }

  /// The rows of all sequences; those of each by address, and as they were written where addresses are equal.
  package let rows: [Row]
  /// By first address.
  package let sequences: [Sequence]
  /// What was wrong with the program from some point on; the sequences before that are here.
  package let warning: DWARFError?

  private let map: AddressMap<Int>

  init(rows: [Row], sequences: [Sequence], warning: DWARFError?) {
    self.rows = rows
    self.sequences = sequences.sorted { $0.addresses.lowerBound < $1.addresses.lowerBound }
    self.warning = warning
    map = AddressMap(self.sequences.enumerated().map { .init($0.element.addresses, $0.offset) })
  }

  /// The sequence that an address is in; of several the one that begins last.
  package func sequence(at address: UInt64) -> Sequence? { map.entry(at: address).map { sequences[$0.value] } }

  /// Index of the row that an address is in, and its sequence. Of rows with one address the last counts, because the
  /// others have no code.
  func row(at address: UInt64) -> (index: Int, sequence: Sequence)? {
    guard let sequence = sequence(at: address) else { return nil }
    let next = rows[sequence.rows].partitioningIndex { $0.address > address }
    return next > sequence.rows.lowerBound ? (next - 1, sequence) : nil
  }

  /// The addresses of a row: to the next row with another address, or the end of the sequence. Empty where the next row
  /// has the same.
  func addresses(ofRow index: Int, in sequence: Sequence) -> Range<UInt64> {
    let next = index + 1
    let end = next < sequence.rows.upperBound ? rows[next].address : sequence.addresses.upperBound
    return rows[index].address..<max(end, rows[index].address)
  }

  /// Of the rows with the address of a row that is the last of them: that one if it begins a statement, else the nearest
  /// before it that does, if any. GNU's compiler describes each statement with a row of its own for that.
  func statement(atAddressOfRow index: Int, in sequence: Sequence) -> Int {
    var candidate = index
    while !rows[candidate].isStatement, candidate > sequence.rows.lowerBound, rows[candidate - 1].line != 0,
      rows[candidate - 1].address == rows[index].address
    {
      candidate -= 1
    }
    return rows[candidate].isStatement ? candidate : index
  }

  /// The last row with a lower address than a row has.
  func row(before index: Int, in sequence: Sequence) -> Int? {
    var candidate = index - 1
    while candidate >= sequence.rows.lowerBound, rows[candidate].address == rows[index].address { candidate -= 1 }
    return candidate >= sequence.rows.lowerBound ? candidate : nil
  }
}
