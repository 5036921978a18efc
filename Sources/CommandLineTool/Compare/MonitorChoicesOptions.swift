import ArgumentParser
import Hypervisor
import Machine
import RISCV

/// What can be chosen of a monitor, for the commands that run a guest under a technique.
struct MonitorChoicesOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How large the pages are that nested tables map: \(LeafSize.allCases.map(\.rawValue).joined(separator: " or ")).",
      valueName: "size"))
  var leaf = LeafSize.small.rawValue
  @Option(
    help: ArgumentHelp("The scheme of nested tables: Sv39x4, or Sv48x4 with one level more.", valueName: "scheme"))
  var guestStage = PagingScheme.sv39.guestStageName

  @Option(
    help: ArgumentHelp(
      "How many bytes binary translation has for its code, such as 65536, 64K or 4M; when they are full, all goes.",
      valueName: "size"))
  var cacheSize: String?

  @Option(
    help: ArgumentHelp(
      "Whether binary translation has instructions that trap again and again call the monitor instead, which is quicker.",
      valueName: Switch.allValueStrings.joined(separator: "|")))
  var adaptive = Switch.on

  enum Switch: String, CaseIterable, ExpressibleByArgument { case on, off }

  var options: MonitorChoices {
    get throws {
      guard let leaf = LeafSize(rawValue: leaf.uppercased()) else {
        throw ValidationError("--leaf \(leaf): it is \(LeafSize.allCases.map(\.rawValue).joined(separator: " or ")).")
      }
      let schemes = [PagingScheme.sv39, .sv48]
      guard let scheme = schemes.first(where: { $0.guestStageName.lowercased() == guestStage.lowercased() }) else {
        throw ValidationError(
          "--guest-stage \(guestStage): it is \(schemes.map(\.guestStageName).joined(separator: " or ")).")
      }
      return MonitorChoices(leaf: leaf, scheme: scheme, cacheSize: try cacheBytes, isAdaptive: adaptive == .on)
    }
  }

  private var cacheBytes: Int {
    get throws {
      guard let cacheSize else { return CodeCache.defaultSize }
      let sizes = CodeCache.sizes
      guard let size = ByteCount.parse(cacheSize, bare: 1).flatMap(Int.init(exactly:)), sizes.contains(size),
        size % 4096 == 0
      else {
        throw ValidationError(
          "--cache-size '\(cacheSize)': it is a number of bytes, whole pages of 4 KiB, from \(sizes.lowerBound >> 10)K to \(sizes.upperBound >> 20)M."
        )
      }
      return size
    }
  }
}
