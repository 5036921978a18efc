import Debugger
import Hypervisor
import Machine
import RISCV

enum InfoVmsCommand: Command {
  static let name = "info vms"
  static let category = CommandCategory.machine
  static let summary = "Show the virtual machine: its technique, where it lies in the host's memory, its virtual CPUs"
  static let help = """
    info vms
    Under a monitor: what of the host's RAM the monitor's tables and the guest's memory take, and for each virtual CPU the guest's
    mode, the physical hart's, and what the monitor is doing.
    Example: info vms
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let virtual = console.session.virtualMachine
    let memory = virtual.machine.memory
    console.print("vm 0  \(virtual.technique)")
    if let specimen = console.session.specimen {
      let images = virtual.machine.board.images
      func name(_ role: LoadedImage.Role) -> String { images.first { $0.role == role }?.name ?? "" }
      let modes = specimen.runsGuestInUser ? "S; its guest runs in U" : "HS; its guest runs in VS"
      console.print("  monitor    yours: \(name(.kernel)), in \(modes)")
      let image = images.first { $0.role == .guest }.map {
        "\(hex($0.range.start))-\(hex($0.range.end &- 1)) (\($0.range.count >> 10) KiB)"
      }
      console.print("  guest      \(name(.guest)), whose image lies at gpa:\(image ?? "")")
      for hart in virtual.machine.harts {
        let work = specimen.exit(of: hart.index).map { "your monitor serves: \($0.cause.name) at \(hex($0.pc))" }
        let rest = specimen.isGuest(hart.privilege, on: hart.index) ? "runs the guest" : "has not been in the guest yet"
        console.print("  hart \(hart.index)     \(work ?? rest)")
      }
      return
    }
    guard let host = virtual.host else {
      let text =
        virtual.technique == .emulation
        ? "its instructions are stepped by a monitor; its memory is" : "the guest is the machine; its memory is"
      return console.print("  \(text) gpa:\(range(memory.base, memory.size))")
    }
    console.print("  host RAM   hpa:\(range(host.memory.base, host.memory.size))")
    console.print(
      "  monitor    hpa:\(range(host.pool.base, UInt64(host.pool.count) << 12))"
        + "  \(grouped(UInt64(host.pool.used))) of \(grouped(UInt64(host.pool.count))) frames in use")
    let frames = host.frames
    console.print(
      "  for guests hpa:\(range(frames.base, UInt64(frames.count) << 12))"
        + "  \(grouped(UInt64(frames.mapped))) of \(grouped(UInt64(frames.count))) frames given, on first touch")
    console.print("  guest RAM  gpa:\(range(memory.base, memory.size))")
    for (index, cpu) in virtual.cpus.enumerated() {
      let mode = Session.physicalLetter(cpu.physicalMode)
      console.print(
        console.style.symbols(
          "  vcpu \(index)     guest \(cpu.hart.privilege.letter), physical \(mode)  \(console.session.place(cpu.hart.pc))"
            + "  \(work(cpu))"
        ).trimmedEnd)
    }
  }

  private static func work(_ cpu: VirtualCPU) -> String {
    guard let service = cpu.service else { return cpu.hart.isWaiting ? "waits (wfi)" : "runs guest code" }
    let cause = service.exit.map { "\($0.cause.name)" } ?? service.reason.name
    return service.phase == .restore
      ? "the monitor is done with: \(service.reason.name)" : "the monitor serves: \(cause)"
  }

  private static func range(_ start: UInt64, _ size: UInt64) -> String {
    "\(hex(start))-\(hex(start &+ size &- 1)) (\(size >> 20) MiB)"
  }
}
