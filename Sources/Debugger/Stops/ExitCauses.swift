import RISCV

/// Why a guest exits, as `catch exit` takes it: one cause, or several under a common name.
package struct ExitCauses: Equatable {
  /// As at the prompt.
  package var argument: String
  package var exceptions: [ExceptionCause] = []
  package var interrupts: [Interrupt] = []

  /// Names of several causes.
  private static let groups: [(name: String, causes: [ExceptionCause])] = [
    ("guest-page-fault", [.instructionGuestPageFault, .loadGuestPageFault, .storeGuestPageFault]),
    ("page-fault", [.instructionPageFault, .loadPageFault, .storePageFault]),
    (
      "environment-call",
      [.environmentCallFromU, .environmentCallFromS, .environmentCallFromVS, .environmentCallFromM]
    ),
  ]

  /// The causes of a name or a number; nil for none.
  package init?(named text: String) {
    if let group = Self.groups.first(where: { $0.name == text.lowercased() }) {
      (argument, exceptions) = (group.name, group.causes)
    } else if let cause = ExceptionCause.named(text) {
      (argument, exceptions) = (cause.argument, [cause])
    } else if text.lowercased() == "interrupt" {
      (argument, interrupts) = ("interrupt", Interrupt.allCases)
    } else {
      return nil
    }
  }

  /// All names.
  package static var names: [String] { groups.map(\.name) + ["interrupt"] + ExceptionCause.allCases.map(\.argument) }
}
