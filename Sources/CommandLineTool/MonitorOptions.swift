import ArgumentParser
import Guests
import Machine
import SystemPackage

/// A monitor of the person's own, and what it is to run.
struct MonitorOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A hypervisor of yours, an ELF file: the firmware of the guest boot enters it in HS-mode with the hart in a0 and the device "
        + "tree in a1. Its guest's image lies from linux,initrd-start to linux,initrd-end of /chosen, to be entered at the first "
        + "byte; it wants to lie at vitrine,guest-load-address.", valueName: "file"), completion: .file())
  var monitor: String?
  @Option(
    help: ArgumentHelp(
      "What --monitor is to run: a guest with an image that starts in S-mode, such as hello, or an ELF file.",
      valueName: "name|file"))
  var guest: String?
  @Option(
    help: ArgumentHelp(
      "Which image of the guest --monitor is to run: supervisor is the one that starts in S-mode above somebody else's firmware, "
        + "machine the whole of it, as on a machine of its own, from its first instruction in M-mode (default: supervisor).",
      valueName: "mode"))
  var guestMode: GuestMode?

  enum GuestMode: String, ExpressibleByArgument, CaseIterable {
    case supervisor, machine
  }

  /// Puts both into a machine's configuration, with the firmware below.
  func apply(to configuration: inout MachineConfiguration, _ options: MachineOptions) throws {
    guard let monitor else {
      if guest != nil || guestMode != nil {
        throw ValidationError(
          "\(guest == nil ? "--guest-mode tells how" : "--guest names what") a monitor of yours runs: give --monitor FILE.elf, too."
        )
      }
      return
    }
    guard let guest else { throw ValidationError("--monitor needs --guest: \(Self.choices)") }
    if let image = options.image, GuestManifest.path(of: image) == nil {
      throw ValidationError("\(image): with --monitor the guest is named by --guest.")
    }
    if options.kernel != nil || options.initrd != nil {
      throw ValidationError("--monitor takes the place of --kernel, and --guest that of --initrd.")
    }
    if options.firmware != "guest" || options.bios == "none" {
      throw ValidationError("--monitor needs firmware below it: the guest boot's, or another that --bios names.")
    }
    guard try options.chosenTechnique == .native else {
      throw ValidationError(
        "--monitor runs your monitor on the native machine, whose H extension it uses: leave --technique out.")
    }
    if options.bios == nil {
      guard let firmware = Guests.firmware else { throw Failure(Guests.absence(of: "boot")) }
      configuration.bios = .file(FilePath(firmware))
    }
    configuration.kernel = FilePath(monitor)
    configuration.monitorGuest = FilePath(try image(of: guest))
  }

  /// The image of a guest that starts in the chosen mode.
  private func image(of name: String) throws -> String {
    let (whole, upper) = (Guests.image(named: name), Guests.supervisorImage(named: name))
    if let path = guestMode == .machine ? whole : upper { return path }
    if guestMode == .machine, upper != nil || Guests.manifest(named: name) != nil {
      throw ValidationError("--guest \(name): it has no image that starts in M-mode; leave --guest-mode out.")
    }
    if whole != nil || Guests.manifest(named: name) != nil {
      let other = whole == nil ? "" : "  With --guest-mode machine it runs from its first instruction in M-mode on."
      throw ValidationError("--guest \(name): it has no image that starts in S-mode; \(Self.choices)\(other)")
    }
    guard name.contains("/") || name.contains(".") else {
      throw ValidationError("--guest \(name): there is no guest of that name; \(Self.choices)")
    }
    if guestMode != nil {
      throw ValidationError("--guest-mode says which image of a guest; \(name) is one file: leave --guest-mode out.")
    }
    return name
  }

  private static var choices: String {
    let names = Guests.names.filter { Guests.supervisorImage(named: $0) != nil }
    return "give \(names.joined(separator: ", ")), or an ELF file that starts in S-mode."
  }
}
