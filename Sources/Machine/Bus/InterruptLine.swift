/// A wire from a device to one source of the PLIC.
package struct InterruptLine {
  /// The PLIC's source number, from 1.
  package let source: Int
  private let plic: PLIC

  package init(to plic: PLIC, source: Int) {
    self.plic = plic
    self.source = source
  }

  /// Drives a level.
  package func set(_ level: Bool) { plic.setLevel(level, source: source) }
  /// Asks once, without staying high.
  package func pulse() { plic.pulse(source: source) }
}
