/// Who is charged or shown. The first four are a guest's own layers, by which the work of the others is told apart, too: on
/// whose behalf it was done.
package enum Layer: UInt8, Sendable, CaseIterable {
  case user
  case kernel
  case loader
  case firmware
  case monitor
  case hardware

  /// The guest's own layers.
  package static let guest: [Layer] = [.firmware, .loader, .kernel, .user]

  package var name: String {
    switch self {
    case .user: "user"
    case .kernel: "kernel"
    case .loader: "loader"
    case .firmware: "firmware"
    case .monitor: "monitor"
    case .hardware: "hardware"
    }
  }

  /// The layer that is called `name`.
  package init?(name: String) {
    guard let layer = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = layer
  }
}
