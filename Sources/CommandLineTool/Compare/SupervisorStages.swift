import Debugger
import Hypervisor
import Machine
import ObjectFile
import RISCV
import SystemPackage

/// Tells a virtual machine when S-mode goes from the loader to the kernel: where an image that `--symbols` names as one or the
/// other begins. Observing it costs the guest nothing.
struct SupervisorStages {
  /// Addresses at which S-mode becomes the loader's or the kernel's.
  private var stages: [UInt64: ImageStage] = [:]

  init(_ options: MachineOptions, _ guest: VirtualMachine) {
    let machine = guest.machine
    for text in options.symbols {
      guard let (path, stage) = ImageStage.parse(text), stage == .loader || stage == .kernel,
        let bytes = try? Files.read(path), let file = try? ELFFile(bytes)
      else { continue }
      for entry in DebugImage.entries(of: file) { stages[entry] = stage }
    }
    let firstName = machine.board.images.first { $0.role == .kernel }?.name.lowercased() ?? ""
    guest.isLoading = stages.values.contains(.loader) || firstName.hasPrefix("u-boot") || firstName.contains("uboot")
    guard !stages.isEmpty else { return }
    machine.breakpoints = Set(stages.keys)
    machine.breakpointHit = { [stages, unowned guest] hart, pc in
      if hart.privilege.level == 1, let stage = stages[pc], guest.isLoading != (stage == .loader) {
        guest.isLoading = stage == .loader
      }
      return false
    }
  }
}
