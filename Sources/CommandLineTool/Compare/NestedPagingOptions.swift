import ArgumentParser
import Hypervisor

/// Choices of nested paging, for the commands that run a guest under a technique.
struct NestedPagingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How large the pages are that nested tables map: \(LeafSize.allCases.map(\.rawValue).joined(separator: " or ")).",
      valueName: "size"))
  var leaf = LeafSize.small.rawValue

  var options: NestedOptions {
    get throws {
      guard let leaf = LeafSize(rawValue: leaf.uppercased()) else {
        throw ValidationError("--leaf \(leaf): it is \(LeafSize.allCases.map(\.rawValue).joined(separator: " or ")).")
      }
      return NestedOptions(leaf: leaf)
    }
  }
}
