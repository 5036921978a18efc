import Debugger

/// A scale from numbers to places on a line, with the numbers that are written at it.
struct Axis {
  let ticks: [Double]
  private let start: Double
  private let length: Double
  private let low: Double
  private let high: Double
  private let isLogarithmic: Bool

  /// From zero to a round number above `most`, in steps of 1, 2 or 5 times a power of ten; or to `most` itself where it `endsThere`.
  init(upTo most: Double, endsThere: Bool = false, start: Double, length: Double) {
    let most = max(most, 1)
    let rough = most / 5
    var unit = 1.0
    while unit * 10 <= rough { unit *= 10 }
    let step = [1.0, 2, 5, 10].map { $0 * unit }.first { $0 >= rough }!
    let count = Int((most / step).rounded(endsThere ? .down : .up))
    ticks = (0...count).map { Double($0) * step }
    (low, high) = (0, endsThere ? most : Double(count) * step)
    (self.start, self.length, isLogarithmic) = (start, length, false)
  }

  /// By powers of ten that enclose the numbers; those below one stand at its beginning.
  init(logarithmicFrom least: Double, to most: Double, start: Double, length: Double) {
    var (low, high) = (1.0, 10.0)
    while low * 10 <= least { low *= 10 }
    while high < most { high *= 10 }
    if high <= low { high = low * 10 }
    var ticks = [low]
    while ticks.last! < high { ticks.append(ticks.last! * 10) }
    self.ticks = ticks
    (self.low, self.high) = (low, high)
    (self.start, self.length, isLogarithmic) = (start, length, true)
  }

  var end: Double { high }

  func place(_ value: Double) -> Double {
    guard isLogarithmic else { return start + value / high * length }
    // Whole decades and what is left, by the library's logarithm to base 2.
    let share = Self.logarithm(max(value, low) / low) / Self.logarithm(high / low)
    return start + share * length
  }

  /// To base 2, from the parts of the number: an eighth of a point is far less than a picture shows.
  private static func logarithm(_ value: Double) -> Double {
    var (mantissa, result, bit) = (value.significand, Double(value.exponent), 0.5)
    for _ in 0..<24 {
      mantissa *= mantissa
      if mantissa >= 2 {
        mantissa /= 2
        result += bit
      }
      bit /= 2
    }
    return result
  }

  /// A number in short, such as `2.5 M`.
  static func short(_ value: Double) -> String {
    for (unit, name) in [(1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k")] where value >= unit {
      let scaled = value / unit
      return printfDouble(scaled < 10 && scaled != scaled.rounded() ? "%.1f" : "%.0f", scaled) + name
    }
    return printfDouble(value == value.rounded() ? "%.0f" : "%.1f", value)
  }
}
