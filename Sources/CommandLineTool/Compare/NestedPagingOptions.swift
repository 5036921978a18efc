import ArgumentParser
import Hypervisor
import RISCV

/// Choices of nested paging, for the commands that run a guest under a technique.
struct NestedPagingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How large the pages are that nested tables map: \(LeafSize.allCases.map(\.rawValue).joined(separator: " or ")).",
      valueName: "size"))
  var leaf = LeafSize.small.rawValue
  @Option(
    help: ArgumentHelp("The scheme of nested tables: Sv39x4, or Sv48x4 with one level more.", valueName: "scheme"))
  var guestStage = PagingScheme.sv39.guestStageName

  var options: NestedOptions {
    get throws {
      guard let leaf = LeafSize(rawValue: leaf.uppercased()) else {
        throw ValidationError("--leaf \(leaf): it is \(LeafSize.allCases.map(\.rawValue).joined(separator: " or ")).")
      }
      let schemes = [PagingScheme.sv39, .sv48]
      guard let scheme = schemes.first(where: { $0.guestStageName.lowercased() == guestStage.lowercased() }) else {
        throw ValidationError(
          "--guest-stage \(guestStage): it is \(schemes.map(\.guestStageName).joined(separator: " or ")).")
      }
      return NestedOptions(leaf: leaf, scheme: scheme)
    }
  }
}
