/// A wire from a device to one source of the PLIC. The device drives a level; edges are nobody's business.
package struct InterruptLine {
  /// The PLIC's source number, from 1.
  package let source: Int
  private let plic: PLIC

  package init(to plic: PLIC, source: Int) {
    self.plic = plic
    self.source = source
  }

  package func set(_ level: Bool) { plic.setLevel(level, source: source) }
}
