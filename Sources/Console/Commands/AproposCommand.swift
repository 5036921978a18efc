import Debugger

enum AproposCommand: Command {
  static let name = "apropos"
  static let category = CommandCategory.support
  static let summary = "Search the help"
  static let help = """
    apropos WORD
    Lists the commands and the convenience functions whose name or help speaks of WORD. Words of x86 lead to those of RISC-V where there is one.
    Example: apropos translation
    """
  /// What readers of the x86 literature look for, and the word that is used here.
  private static let others: [String: String] = [
    "cr3": "satp", "idt": "stvec", "invlpg": "tlb", "eflags": "mstatus", "msr": "csr", "cpl": "privilege",
    "ring": "privilege",
    "int3": "ebreak", "iret": "mret", "page fault": "trap", "pagefault": "trap", "bios": "firmware", "apic": "devices",
    "rdmsr": "csr",
    "wrmsr": "csr", "exception": "trap", "syscall": "trap", "pte": "walk", "thread": "harts", "cpu": "harts",
    "vmcs": "info registers host", "vmcb": "info registers host", "ept": "nested", "npt": "nested",
    "ept violation": "nested", "vpid": "nested", "vmexit": "exit", "vm exit": "exit", "vmentry": "entry",
    "vmlaunch": "entry",
    "vmresume": "entry", "vmcall": "exit", "vmmcall": "exit", "vmx": "technique", "svm": "technique",
    "popf": "technique", "hypervisor": "technique",
  ]
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    if arguments.isEmpty { throw .failed("Argument required (a word).") }
    let word = arguments.text.lowercased()
    var wanted = [word]
    if let ours = others[word] {
      console.print("On RISC-V: \(ours)")
      wanted.append(ours)
    }
    let found = CommandTable.all.filter { command in
      let text = "\(command.name) \(command.summary) \(command.help)".lowercased()
      return wanted.contains { text.containsText($0) }
    }
    let functions = ConvenienceFunction.all.map(\.line).filter { line in
      wanted.contains { line.lowercased().containsText($0) }
    }
    if found.isEmpty && functions.isEmpty { return console.print("Nothing is known of \"\(arguments.text)\".") }
    for command in found.sorted(by: { $0.name < $1.name }) { console.print(HelpCommand.line(command)) }
    functions.forEach(console.print)
  }
}
