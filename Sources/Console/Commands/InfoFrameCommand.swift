import Debugger
import Hypervisor
import RISCV

enum InfoFrameCommand: Command {
  static let name = "info frame"
  static let aliases = ["f"]
  static let category = CommandCategory.data
  static let summary = "Tell what is known of the selected stack frame; or of a frame of the host's memory"
  static let help = """
    info frame
    info frame hpa:ADDRESS | gpa:ADDRESS | gva:ADDRESS
    Without an address, as in gdb: the stack frame that `up`, `down` and `frame` select.
    With one, the 4 KiB of the host's RAM in which it lies: whose page is there, since which host cycle and why, and who had the
    frame before. gpa: and gva: name it by the guest's addresses.
    Example: info frame
    Example: info frame gva:$sp
    """
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    if arguments.isEmpty { return stackFrame(console) }
    guard ["hpa:", "gpa:", "gva:"].contains(where: arguments.text.hasPrefix) else {
      throw .failed("\"\(arguments.text)\" is no address of memory: hpa:, gpa: or gva: goes before it.")
    }
    try hostFrame(try console.address(arguments.text), console)
  }

  // MARK: The host's

  private static func hostFrame(_ address: SpacedAddress, _ console: Console) throws(CommandError) {
    let session = console.session
    let guest = address.space == .hostPhysical ? nil : session.physical(address)
    if address.space != .hostPhysical, guest == nil {
      throw .failed("Cannot access \(address.text): no page is there.")
    }
    guard let host = session.virtualMachine.host else {
      throw .failed(
        "There are no host frames under \(session.technique): no monitor maps the guest's memory.  "
          + "`technique` chooses another.")
    }
    if let guest {
      guard session.machine.memory.contains(guest) else {
        throw .failed("\(address.text) is a device's: no frame lies there.")
      }
      guard let place = host.frames.hostAddress(of: GuestPhysicalAddress(guest)) else {
        let page = "gpa:\(hex(guest & ~0xfff))"
        return console.print(
          host.frames.wasTouched(GuestPhysicalAddress(guest))
            ? "\(page) has no frame: it gave it up, and has not been touched since. It reads as zeros."
            : "\(page) has no frame yet: it has never been touched. It reads as zeros.")
      }
      return tell(place & ~0xfff, host, console)
    }
    guard host.memory.contains(address.value) else {
      throw .failed("Cannot access \(address.text): it is not in host RAM.")
    }
    tell(address.value & ~0xfff, host, console)
  }

  private static func tell(_ frame: UInt64, _ host: HostMachine, _ console: Console) {
    console.print("frame hpa:\(hex(frame))")
    guard let (now, before) = host.frames.tenancies(of: frame) else {
      return console.print("  now      the monitor's: its shadow and nested tables come from there (`info vms`)")
    }
    if let now {
      console.print("  now      vm 0 \(page(now)), since cycle \(grouped(now.since)) (\(why(now.cause)))")
    } else {
      console.print("  now      nobody's" + (before.isEmpty ? ", and never was anybody's" : ""))
    }
    for tenancy in before {
      let end = tenancy.until.map { " to \(grouped($0))" } ?? ""
      console.print(
        "  before   vm 0 \(page(tenancy)), cycles \(grouped(tenancy.since))\(end) (\(why(tenancy.cause))): "
          + "\(tenancy.reason.map(why) ?? "")")
    }
    if before.count == HostFrames.mostPast { console.print("  What came before that is not remembered.") }
  }

  private static func page(_ tenancy: HostFrames.Tenancy) -> String { "gpa:\(hex(tenancy.page.value))" }
  private static func why(_ cause: FirstTouch) -> String {
    switch cause {
    case .load, .store, .fetch: "first touched by a \(cause.rawValue), zeroed"
    case .step: "first touched by an instruction that the monitor stepped, zeroed"
    case .device: "first touched by a device, zeroed"
    case .image: "an image was loaded there"
    }
  }
  private static func why(_ reason: PageReturn) -> String {
    switch reason {
    case .balloon: "given up by balloon, content forgotten"
    case .reported: "reported free, content forgotten"
    }
  }

  // MARK: The stack's

  private static func stackFrame(_ console: Console) {
    let frame = console.currentFrame
    let frames = console.session.backtrace(limit: frame.level + 2).frames
    console.print(
      console.style.symbols(
        "Frame #\(frame.level): pc \(console.session.place(frame.pc)), sp \(hex(frame.stack)), found by \(frame.how ?? "call frame information")"
      ))
    if frames.count > frame.level + 1 {
      let caller = frames[frame.level + 1]
      console.print(
        console.style.symbols(
          "  called from \(console.session.place(caller.pc)): \(caller.trap ?? caller.how ?? "call frame information"); sp there \(hex(caller.stack))"
        ))
    }
  }
}
