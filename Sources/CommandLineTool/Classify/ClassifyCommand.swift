import ArgumentParser
import Hypervisor
import RISCV

/// `vitrine classify`.
struct Classify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take Popek and Goldberg's census of the machine: which instructions are sensitive, which trap.",
    discussion: """
      Every instruction, and every way to access a CSR, is executed on the hart in M, S, U, VS and VU, from states that differ in
      one thing at a time. What it did decides: control-sensitive if it changes the mode, control registers, translations or
      whether the hart runs; behaviour-sensitive if what it does to the program depends on them; else innocuous; privileged if it
      traps in U whatever is switched on. A machine is virtualizable by trap and emulate if all that is sensitive traps.

      --quirk gives the CPU a hole that x86 once had, and the census finds it.

      Example: vitrine classify
      Example: vitrine classify --quirk csr-read-reveals
      Example: vitrine classify --class control-sensitive
      Example: vitrine classify --quirk xret-ignored --class offender
      """)

  @Option(
    help: ArgumentHelp(
      "A hole of the CPU, as for vitrine run: \(PrivilegeQuirks.named.map(\.name).joined(separator: ", ")). Repeatable.",
      valueName: "name"))
  var quirk: [String] = []
  @Option(
    name: .customLong("class"),
    help: ArgumentHelp(
      "List the instructions of a class, a line each: \(CensusTable.Filter.names.joined(separator: ", ")).",
      valueName: "name"))
  var className: String?
  @Option(help: ArgumentHelp("Write everything to a file as JSON.", valueName: "file"), completion: .file())
  var json: String?
  @Option(
    help: ArgumentHelp("Write a line for each instruction to a file as CSV.", valueName: "file"), completion: .file())
  var csv: String?

  func run() throws {
    let quirks = try MachineOptions.quirks(quirk)
    let filter = try className.map { name in
      guard let filter = CensusTable.Filter(name) else {
        throw ValidationError("--class \(name): the classes are \(CensusTable.Filter.names.joined(separator: ", ")).")
      }
      return filter
    }
    let files = try [json, csv].map { try $0.map(OutputFile.init) }
    let census: Census
    do { census = try Census(quirks: quirks) } catch { throw Failure("\(error)") }
    let table = CensusTable(census)
    let lines = filter.map(table.list) ?? table.lines
    Terminal.write(Array(lines.map { $0 + "\n" }.joined().utf8), to: 1)
    try files[0]?.write(table.json.text)
    try files[1]?.write(table.csv)
  }
}
