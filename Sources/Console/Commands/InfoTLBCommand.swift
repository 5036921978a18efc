import Debugger

enum InfoTLBCommand: Command {
  static let name = "info tlb"
  static let category = CommandCategory.machine
  static let summary = "List the translations that the TLB holds"
  static let help = """
    info tlb
    Shows the selected hart's TLB: entries for data and for fetches. Where paging is off, an entry stands for a page of physical memory
    with its PMP rights. Under a monitor it is the physical hart's: frames are the host's, tables the shadow ones. In the modes of a guest (VS, VU) satp is vsatp, the page is the guest's and the frame is the host's.
    Example: info tlb
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let session = console.session
    let physical = session.physicalHart
    if let cpu = session.virtualCPU {
      console.print(
        "The TLB of physical hart \(session.selectedHart), now in \(Session.physicalLetter(cpu.physicalMode)); "
          + "the virtual hart has none.")
    }
    let space = physical == nil ? "gpa" : "hpa"
    let entries = (physical ?? session.hart).tlbEntries.sorted {
      ($0.holdsFetches ? 0 : 1, $0.virtualPage.value, $0.satp) < (
        $1.holdsFetches ? 0 : 1, $1.virtualPage.value, $1.satp
      )
    }
    if entries.isEmpty { return console.print("The TLB of hart \(session.selectedHart) is empty.") }
    console.print("for    page                  frame               leaf   bits      mode  satp")
    for entry in entries {
      let size =
        entry.pageSize >= 1 << 30
        ? "\(entry.pageSize >> 30)G"
        : entry.pageSize >= 1 << 20 ? "\(entry.pageSize >> 20)M" : "\(entry.pageSize >> 10)K"
      let bits =
        entry.satp | entry.hgatp == 0 ? "-" : WalkRendering.bits(UInt64(entry.flags)).split(separator: " ").joined()
      console.print(
        "\(entry.holdsFetches ? "fetch" : "data ")  gva:\(hex(entry.virtualPage.value).padded(18))\(space):\(hex(entry.physicalPage.value).padded(16))\(size.padded(7))\(bits.padded(10))\(entry.mode.letter.padded(6))\(entry.satp == 0 ? "-" : hex(entry.satp))\(entry.hgatp == 0 ? "" : "  hgatp \(hex(entry.hgatp))")"
      )
    }
  }
}
