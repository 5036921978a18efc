import ArgumentParser
import Machine

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// `vitrine qemu`: the machine with the options of `qemu-system-riscv64`.
struct Qemu: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a guest with the options of qemu-system-riscv64: make qemu QEMU=\"vitrine qemu\".",
    discussion: "Its options are QEMU's, not Vitrine's: `vitrine qemu -help` lists them.",
    helpNames: [])

  @Argument(parsing: .captureForPassthrough, help: "QEMU's options.")
  var arguments: [String] = []

  func run() throws {
    let invocation: QemuInvocation
    do {
      invocation = try QemuInvocation(arguments, exists: Files.exists)
    } catch {
      Self.say("\(error)")
      throw ExitCode(64)
    }
    if let answer = invocation.answer {
      signal(SIGPIPE, SIG_IGN)
      Terminal.write(Array(answer.utf8), to: 1)
      return
    }
    for note in invocation.notes { Self.say("note: \(note)") }
    if let path = invocation.deviceTreeFile { return try writeDeviceTree(invocation.configuration, to: path) }
    // The run's own options are at their defaults.
    let options = try MachineOptions.parse([])
    if invocation.opensPrompt {
      let runner = try PromptRunner(invocation.configuration, options)
      throw ExitCode(try runner.run(try PromptOptions.parse([])))
    }
    var behaviour = RunBehaviour()
    behaviour.keys = invocation.hasMultiplexer ? .multiplexer(escape: invocation.escapeKey) : .none
    behaviour.filtersPipes = true
    behaviour.endsAtReset = invocation.endsAtReset
    behaviour.passesFailureCode = true
    switch invocation.serial {
    case .terminal: break
    case .nowhere: behaviour.output = try Self.open("/dev/null")
    case .file(let path): behaviour.output = try Self.open(path)
    }
    var log: QemuLog?
    if !invocation.log.isEmpty {
      let file = try invocation.logFile.map(Self.open) ?? 2
      let started = QemuLog(invocation.log, ranges: invocation.logRanges, descriptor: file)
      log = started
      behaviour.onStart = { machine in
        started.attach(to: machine)
        machine.eventMask = started.mask
        machine.eventHandler = { _, event in
          started.note(event)
          return false
        }
      }
    }
    behaviour.prompt = { machine in
      Self.say("the guest is stopped; `console` goes on with it, Ctrl-] comes back, `quit` ends the run")
      return try PromptRunner(machine, options).run(try PromptOptions.parse(["-q"]))
    }
    let status = try GuestRunner(invocation.configuration, options, behaviour).run()
    log?.finish()
    throw ExitCode(status)
  }

  private static func say(_ text: String) { Terminal.write(Array("vitrine qemu: \(text)\n".utf8), to: 2) }

  private static func open(_ path: String) throws -> Int32 {
    let descriptor = systemOpen(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Failure("\(path): \(String(cString: strerror(errno)))") }
    return descriptor
  }

  private func writeDeviceTree(_ configuration: MachineConfiguration, to path: String) throws {
    let machine: Machine
    do { machine = try Machine(configuration) } catch { throw Failure("\(error)") }
    guard let image = machine.board.images.first(where: { $0.role == .deviceTree }),
      let bytes = machine.memory.read(.init(image.entry), count: Int(image.range.count))
    else { return }
    do { try Files.write(path, bytes, append: false) } catch { throw Failure("\(error.message)") }
  }
}

/// `open` under another name than the command's own.
private func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 { open(path, flags, mode) }
