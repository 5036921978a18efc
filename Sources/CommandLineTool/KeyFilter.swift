/// Picks our own keys out of what is typed; all others are the guest's.
package struct KeyFilter {
  package enum Keys: Sendable {
    /// Every key is the guest's.
    case none
    /// Ctrl-] leaves.
    case bracket
    /// QEMU's: Ctrl-A and a letter.
    case multiplexer
  }
  /// What our keys ask for.
  package enum Wish: Sendable {
    case leave, prompt
  }

  private let keys: Keys
  /// Ctrl-A was the latest key.
  private var isEscaped = false
  private static let bracket: UInt8 = 0x1d
  private static let escape: UInt8 = 0x01

  package init(_ keys: Keys) { self.keys = keys }

  /// The guest's part of these bytes, up to the key that ends the guest's turn at the keyboard, if there is one.
  package mutating func pass(_ bytes: some Sequence<UInt8>) -> (guest: [UInt8], wish: Wish?) {
    var guest: [UInt8] = []
    for byte in bytes {
      if keys == .bracket, byte == Self.bracket { return (guest, .leave) }
      if keys == .multiplexer, byte == Self.escape || isEscaped {
        guard isEscaped else {
          isEscaped = true
          continue
        }
        isEscaped = false
        switch byte {
        case UInt8(ascii: "x"): return (guest, .leave)
        case UInt8(ascii: "c"): return (guest, .prompt)
        case UInt8(ascii: "a"), Self.escape: guest.append(Self.escape)
        case UInt8(ascii: "h"), UInt8(ascii: "?"): Terminal.write(Array(Self.help.utf8), to: 2)
        default: Terminal.write(Array("\r\n[Ctrl-A h lists the keys]\r\n".utf8), to: 2)
        }
        continue
      }
      guest.append(byte)
    }
    return (guest, nil)
  }

  private static let help = """
    \r
    Ctrl-A h       this list\r
    Ctrl-A x       end the run\r
    Ctrl-A c       open the prompt; `console` there comes back to the guest, `quit` ends the run\r
    Ctrl-A Ctrl-A  send Ctrl-A to the guest; Ctrl-A a does so, too\r

    """
}
