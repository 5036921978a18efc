import ArgumentParser
import Guests
import Machine

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The command line.
package struct Vitrine: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "vitrine",
    abstract: "A glass case for virtual machines: run a RISC-V guest, stop it anywhere, look inside.",
    discussion: """
      Without a subcommand it opens the prompt on the guest `boot`: firmware, loader, kernel and programs.

      Example: vitrine run boot
      Example: vitrine debug --bios fw_jump.elf --kernel u-boot.bin
      """,
    version: version,
    subcommands: [
      Run.self, Debug.self, Compare.self, Costs.self, Classify.self, GuestsCommand.self, LessonTool.self,
      HandInCommand.self, Grade.self, GradeOne.self,
      Bench.self, Qemu.self,
    ],
    defaultSubcommand: Debug.self)

  package static let version = "0.1.0"

  package init() {}

  /// Parses what was typed and runs it. The options of a guest's manifest come before those that were typed, so these win.
  package static func main() {
    do {
      let typed = Array(CommandLine.arguments.dropFirst())
      var command = try parseAsRoot(typed)
      if let manifest = try (command as? any GuestCommand)?.manifest {
        let subcommand = Array(typed.prefix(1)).filter { ["run", "debug", "compare"].contains($0) }
        command = try parseAsRoot(subcommand + manifest.arguments + typed.dropFirst(subcommand.count))
      }
      try command.run()
    } catch { exit(withError: error) }
  }
}

/// `vitrine run`.
struct Run: ParsableCommand, GuestCommand {
  static let fallbackGuest: String? = nil
  static let configuration = CommandConfiguration(
    abstract: "Run a guest with its console on this terminal.",
    discussion: """
      The guest's output goes to standard output as it is; everything else to standard error. At a terminal every key is the
      guest's; Ctrl-] leaves. Input from a file or a pipe is fed to the guest.

      Status: 0 the guest ended well or said a text of --until, 1 a file or an option was wrong, 2 the guest reported failure,
      3 a limit was reached or the guest waits for ever, 64 wrong usage.

      With --trace every instruction that retires is written with the registers, CSRs and memory that it changes, and every
      trap and interrupt. The guest does the same as without, slower.

      Example: vitrine run boot
      Example: vitrine run --bios fw_jump.elf --kernel u-boot.bin --type '=> =>version\\n' --timeout 60
      With --monitor a hypervisor of yours runs in HS-mode on the native machine, and --guest in it.

      Example: vitrine run hello --trace hello.log,format=commit-log
      Example: vitrine run --monitor my-vmm.elf --guest hello --check monitor --stats
      """)

  @OptionGroup var machine: MachineOptions
  @OptionGroup var choices: MonitorChoicesOptions
  @OptionGroup var costs: CostOptions
  @OptionGroup var trace: TraceOptions

  func run() throws {
    let runner = try GuestRunner(
      machine.configuration(fallback: Self.fallbackGuest), machine, costs: costs.model, choices: choices.options,
      trace: trace.recorder)
    throw ExitCode(try runner.run())
  }
}

/// `vitrine debug`, and `vitrine` alone.
struct Debug: ParsableCommand, GuestCommand {
  static let fallbackGuest: String? = "boot"
  static let configuration = CommandConfiguration(
    abstract: "Open the prompt on a guest, stopped before its first instruction.",
    discussion: """
      The prompt feels like gdb's: type help. Without a guest or --kernel it takes `boot`. ~/.vitrinerc is read first.

      Example: vitrine debug hello -ex 'break supervisor_main' -ex run
      Example: vitrine debug hello --technique trap-and-emulate -ex stepexit
      Example: vitrine debug --monitor my-vmm.elf --guest hello -ex 'catch exit guest-page-fault' -ex run -ex stepentry
      Example: vitrine debug --batch -ex 'stepi 5' -ex 'info registers pc'
      """)

  @OptionGroup var machine: MachineOptions
  @OptionGroup var choices: MonitorChoicesOptions
  @OptionGroup var costs: CostOptions
  @OptionGroup var trace: TraceOptions
  @OptionGroup var prompt: PromptOptions

  func run() throws {
    if machine.signature != nil || machine.stats || !machine.until.isEmpty {
      throw ValidationError("--signature, --stats and --until belong to vitrine run.")
    }
    let runner = try PromptRunner(
      machine.configuration(fallback: Self.fallbackGuest), machine, costs: costs.model, choices: choices.options,
      trace: trace.recorder)
    throw ExitCode(try runner.run(prompt))
  }
}
