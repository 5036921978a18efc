import Hypervisor

// The Swift of the monitor, which `list` shows while it is at work.
extension Session {
  /// The phase of the service at hand that ran last, or the first that is to come; nil while no monitor serves the selected hart.
  package var monitorPhase: VirtualCPU.Phase? { virtualCPU?.service.map { $0.done ?? $0.phase } }

  /// Where the Swift of a phase stands: in an image of its own, so that what is said of sources holds for it too.
  package func monitorSource(of phase: VirtualCPU.Phase) -> (image: DebugImage, path: String, line: Int) {
    let source = phase.source
    if let image = monitorImage { return (image, source.path, source.line) }
    let parts = source.path.split(separator: "/", omittingEmptySubsequences: false)
    let root = parts.prefix { $0 != "Sources" }.joined(separator: "/")
    let image = DebugImage(name: "the monitor", path: "\(root)/Sources/monitor", symbols: [], stage: nil, offset: 0)
    monitorImage = image
    return (image, source.path, source.line)
  }
}
