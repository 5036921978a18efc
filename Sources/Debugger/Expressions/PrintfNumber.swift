#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// `%.*g` of C.
func printfG(_ value: Double, precision: Int) -> String { printfDouble("%.\(precision)g", value) }

/// Formats one double by a C format with exactly one floating-point conversion.
package func printfDouble(_ format: String, _ value: Double) -> String {
  var buffer = [CChar](repeating: 0, count: 512)
  let count = withVaList([value]) { vsnprintf(&buffer, buffer.count, format, $0) }
  return String(
    decoding: buffer.prefix(max(0, min(Int(count), buffer.count - 1))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
