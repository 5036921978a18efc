import ObjectFile
import SystemPackage

/// Something that lies in RAM when the machine starts.
package struct LoadedImage: Sendable {
  package enum Role: String, Sendable {
    case firmware, kernel, program
    /// One of the configuration's extra images.
    case extra = "loaded file"
    case initrd = "initial RAM disk"
    /// What a monitor is to run, as it lies for the monitor. Its symbols have the guest's addresses.
    case guest = "monitor's guest"
    case deviceTree = "device tree"
  }

  /// One stretch of memory and what wants it, as messages name it.
  package struct Piece: Sendable, Equatable {
    package var what: String
    package var range: AddressRange
  }

  package var role: Role
  /// The file's last component, or the role.
  package var name: String
  /// Nil for what was made here.
  package var path: FilePath?
  /// Physical address of the first instruction, or the start.
  package var entry: UInt64
  /// In ascending order of address: the segments of an ELF file, else one piece.
  package var pieces: [Piece]
  /// Of an ELF file; empty for others.
  package var symbols: [Symbol] = []
  package var sections: [ELFFile.Section] = []

  /// From the first to the last address.
  package var range: AddressRange {
    AddressRange(start: pieces.first?.range.start ?? entry, end: pieces.last?.range.end ?? entry)
  }

  /// The address of a symbol, for the few that the board itself looks for.
  package func address(of name: String) -> UInt64? { symbols.first { $0.name == name }?.address }
}
