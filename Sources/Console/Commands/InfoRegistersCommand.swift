import Debugger
import RISCV

enum InfoRegistersCommand: Command {
  static let name = "info registers"
  static let aliases = ["r", "all-registers"]
  static let category = CommandCategory.data
  static let summary = "Show registers; CSRs with their fields"
  static let help = """
    info registers                the integer registers and pc
    info registers all            also floating-point registers and CSRs
    info registers csr            the CSRs (mstatus, satp, stvec…), with the fields of those that have some
    info registers float          the floating-point registers
    info registers host           the physical hart's, under a monitor: pc, mode, the CSRs that matter there, integer registers
    info registers NAME…          these registers; host.NAME is the physical hart's; host.pc is a tc: address while it runs
                                  translated code, with the unit and the bytes from its start
    Example: info registers mstatus sp
    """
  static let completion = CompletionKind.register
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let integers = RegisterName.abiX + ["pc"]
    let floats = RegisterName.abiF
    let csrs = CSRName.all.map(\.name)
    let hosts = [
      "pc", "priv", "sstatus", "scause", "stval", "sepc", "satp", "hstatus", "hedeleg", "hideleg", "hgatp", "htval",
      "htinst",
      "vsatp", "vsstatus",
    ]
    var names: [String] = []
    for word in arguments.words.isEmpty ? ["general"] : arguments.words {
      switch word {
      case "general": names += integers
      case "float": names += floats
      case "csr": names += csrs
      case "host":
        if let obstacle = console.session.obstacle(toRegister: "host."), console.session.physicalHart == nil {
          throw .failed(obstacle)
        }
        names += (hosts + RegisterName.abiX).map { "host." + $0 }
      case "all": names += integers + ["priv"] + floats + csrs
      default:
        let name = word.hasPrefix("$") ? String(word.dropFirst()) : word
        guard console.session.register(name) != nil else {
          throw .failed(console.session.obstacle(toRegister: name) ?? "Invalid register `\(name)'")
        }
        names.append(name)
      }
    }
    for name in names {
      guard let value = console.session.register(name) else { continue }
      console.print(console.style.symbols(line(name, value, console)))
    }
  }

  private static func line(_ full: String, _ value: Value, _ console: Console) -> String {
    // The physical hart's registers have the fields of the guest's.
    let name = Session.physicalName(full) ?? full
    let natural: String
    if value.space == .translationCache {
      return "\(full.padded(15))\(value.address.text.padded(19))\(console.session.unitText(value.bits) ?? "")"
    }
    if full != name, let number = CSRName.number(named: name), number >> 8 & 3 == 3 {
      return "\(full.padded(15))not used: the monitor runs in HS, and nobody lives in the physical M"
    }
    if RegisterName.f(named: name) != nil {
      let single = value.bits >> 32 == 0xffff_ffff
      let text =
        single
        ? ValueFormatter.float(value.bits & 0xffff_ffff, size: 4) + "f" : ValueFormatter.float(value.bits, size: 8)
      return "\(full.padded(15))\(hex(value.bits).padded(19))\(text)"
    }
    let fields = CSRName.number(named: name).map(CSRField.fields) ?? []
    if !fields.isEmpty {
      let shown = fields.compactMap { field -> String? in
        let bits = field.value(in: value.bits)
        if let meaning = field.meaning(in: value.bits) { return "\(field.name)=\(meaning)" }
        return bits == 0 ? nil : field.high == field.low ? field.name : "\(field.name)=\(hex(bits))"
      }
      return "\(full.padded(15))\(hex(value.bits).padded(19))\(shown.joined(separator: " "))".trimmedEnd
    }
    if name == "priv" {
      let mode = PrivilegeMode(rawValue: UInt8(value.bits))
      natural = mode.map { full == name ? $0.letter : Session.physicalLetter($0) } ?? ""
    } else if value.type == .long, CSRName.number(named: name) == nil || name.hasSuffix("cycle") {
      natural = String(Int64(bitPattern: value.bits))
    } else {
      natural =
        console.session.symbolText(value.bits).map { "<\($0)>" }
        ?? (CSRName.number(named: name) == nil ? hex(value.bits) : String(value.bits))
    }
    return "\(full.padded(15))\(hex(value.bits).padded(19))\(natural)"
  }
}
