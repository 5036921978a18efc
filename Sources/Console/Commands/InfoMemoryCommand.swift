import Debugger
import Hypervisor
import Machine
import RISCV

enum InfoMemoryCommand: Command {
  static let name = "info memory"
  static let category = CommandCategory.machine
  static let summary = "Show whose the host's memory is: what the guest has, has had, and has given up"
  static let help = """
    info memory
    In pages of 4 KiB. For the virtual machine:
      configured  what it takes for its RAM
      touched     pages that have had a frame of the host's, given on first touch
      mapped      pages that have one now
      shared, swapped   not built yet
      balloon     pages that its driver has given up (`info balloon`)
      target      what it is asked to make do with
    For the host: its RAM as the sum of what the guest has, what the monitor's tables take, and what is nobody's.
    Under native and emulation there are no frames below the guest's RAM.
    Example: info memory
    """
  private static let columns = ["configured", "touched", "mapped", "shared", "balloon", "swapped", "target"]

  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let virtual = console.session.virtualMachine
    let configured = virtual.machine.memory.size / VirtioBalloon.pageSize
    let balloon = virtual.machine.board.balloon
    let frames = virtual.host?.frames
    console.print("  pages".padded(width) + columns.map { $0.leftPadded(columnWidth) }.joined())
    let cells: [UInt64?] = [
      configured, frames.map { UInt64($0.touched) }, frames.map { UInt64($0.mapped) }, nil,
      balloon.map { UInt64($0.pages.count) }, nil, configured - min(configured, UInt64(balloon?.target ?? 0)),
    ]
    let row = cells.map { ($0.map { grouped($0) } ?? "-").leftPadded(columnWidth) }.joined()
    console.print("  vm 0".padded(width) + row)
    guard let host = virtual.host else {
      return console.print(
        virtual.technique == .emulation
          ? "  Its RAM is the emulator's: no host frames lie below it that could be used otherwise."
          : "  The guest is the machine: its RAM is its own, whether it uses it or not.")
    }
    let (mapped, monitor) = (UInt64(host.frames.mapped), UInt64(host.pool.used))
    let all = host.memory.size / VirtioBalloon.pageSize
    let free = all - mapped - monitor
    console.print(
      "  host".padded(width) + grouped(all).leftPadded(columnWidth)
        + " = \(grouped(mapped)) mapped + \(grouped(monitor)) monitor + \(grouped(free)) free (\(percent(free, all)))")
    if let given = givenUpButMapped(virtual), given > 0 {
      console.print("  \(grouped(given)) of the pages in the balloon are in use all the same.")
    }
  }

  private static let (width, columnWidth) = (8, 12)

  /// Pages of the balloon that the guest has touched since it gave them up.
  private static func givenUpButMapped(_ virtual: VirtualMachine) -> UInt64? {
    guard let balloon = virtual.machine.board.balloon, let frames = virtual.host?.frames, balloon.pages.count > 0 else {
      return nil
    }
    let memory = virtual.machine.memory
    return (0..<memory.size / VirtioBalloon.pageSize).reduce(0) { count, page in
      guard balloon.pages.contains(Int(page)) else { return count }
      let address = GuestPhysicalAddress(memory.base + page * VirtioBalloon.pageSize)
      return count + (frames.hostAddress(of: address) == nil ? 0 : 1)
    }
  }
}
