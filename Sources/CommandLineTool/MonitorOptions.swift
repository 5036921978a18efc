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

  /// Puts both into a machine's configuration, with the firmware below.
  func apply(to configuration: inout MachineConfiguration, _ options: MachineOptions) throws {
    guard let monitor else {
      if guest != nil {
        throw ValidationError("--guest names what a monitor of yours runs: give --monitor FILE.elf, too.")
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
    configuration.monitorGuest = FilePath(try Self.image(of: guest))
  }

  /// The image of a guest that starts in S-mode.
  private static func image(of name: String) throws -> String {
    if let path = Guests.supervisorImage(named: name) { return path }
    if Guests.image(named: name) != nil || Guests.manifest(named: name) != nil {
      throw ValidationError("--guest \(name): it has no image that starts in S-mode; \(choices)")
    }
    if name.contains("/") || name.contains(".") { return name }
    throw ValidationError("--guest \(name): there is no guest of that name; \(choices)")
  }

  private static var choices: String {
    let names = Guests.names.filter { Guests.supervisorImage(named: $0) != nil }
    return "give \(names.joined(separator: ", ")), or an ELF file that starts in S-mode."
  }
}
