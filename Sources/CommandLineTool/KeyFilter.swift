/// Picks our own keys out of what is typed; all others are the guest's.
package struct KeyFilter {
  package enum Keys: Sendable, Equatable {
    /// Every key is the guest's.
    case none
    /// Ctrl-] leaves.
    case bracket
    /// QEMU's: a control key, which is Ctrl-A unless `-echr` says otherwise, and a letter.
    case multiplexer(escape: UInt8)

    /// QEMU's, with Ctrl-A.
    package static let multiplexer = multiplexer(escape: 1)
  }
  /// What our keys ask for.
  package enum Wish: Sendable {
    case leave, prompt
  }

  private let keys: Keys
  /// Ctrl-A was the latest key.
  private var isEscaped = false
  private static let bracket: UInt8 = 0x1d

  package init(_ keys: Keys) { self.keys = keys }

  /// The guest's part of these bytes, up to the key that ends the guest's turn at the keyboard, if there is one.
  package mutating func pass(_ bytes: some Sequence<UInt8>) -> (guest: [UInt8], wish: Wish?) {
    var guest: [UInt8] = []
    for byte in bytes {
      if keys == .bracket, byte == Self.bracket { return (guest, .leave) }
      if case .multiplexer(let escape) = keys, byte == escape || isEscaped {
        guard isEscaped else {
          isEscaped = true
          continue
        }
        isEscaped = false
        switch byte {
        case escape: guest.append(escape)
        case UInt8(ascii: "x"): return (guest, .leave)
        case UInt8(ascii: "c"): return (guest, .prompt)
        case UInt8(ascii: "h"), UInt8(ascii: "?"): Terminal.write(Array(Self.help(escape).utf8), to: 2)
        // As in screen, unless the letter means something else.
        case escape + 0x60: guest.append(escape)
        default: Terminal.write(Array("\r\n[\(Self.name(escape)) h lists the keys]\r\n".utf8), to: 2)
        }
        continue
      }
      guest.append(byte)
    }
    return (guest, nil)
  }

  /// How a control key is written, such as `Ctrl-A`.
  package static func name(_ key: UInt8) -> String { "Ctrl-\(Character(Unicode.Scalar(key | 0x40)))" }

  private static func help(_ escape: UInt8) -> String {
    let key = name(escape)
    return """
      \r
      \(key) h       this list\r
      \(key) x       end the run\r
      \(key) c       open the prompt; `console` there comes back to the guest, `quit` ends the run\r
      \(key) \(key)  send \(key) to the guest; \(key) and the key's letter does so, too\r

      """
  }
}
