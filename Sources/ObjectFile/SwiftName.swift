// Part of the Swift runtime on every platform; declared in no header that Swift can import.
@_silgen_name("swift_demangle")
private func swiftDemangle(
  _ mangledName: UnsafePointer<UInt8>?, _ mangledNameLength: Int, _ output: UnsafeMutablePointer<UInt8>?,
  _ outputSize: UnsafeMutablePointer<Int>?, _ flags: UInt32
) -> UnsafeMutablePointer<UInt8>?

/// What a mangled Swift name (`$s…`, in Embedded Swift `$e…`) stands for, or nil for any other name and for one that
/// the runtime does not understand or should not be asked about.
func demangledSwiftName(_ name: String) -> String? {
  guard name.utf8.starts(with: "$s".utf8) || name.utf8.starts(with: "$e".utf8) else { return nil }
  let mangled = Array(name.utf8)
  guard isHarmless(mangled) else { return nil }
  // Longer than that nobody reads; then the mangled name is as good.
  let capacity = 4096
  var output = [UInt8](repeating: 0, count: capacity)
  var size = capacity
  // SAFETY: the runtime reads up to the terminator, whatever the length says (found by fuzzing), and writes at most
  // `size` bytes, a terminator included. Given a buffer it allocates nothing for us to free, and it raises `size` where
  // the buffer is too small.
  guard unsafe swiftDemangle(mangled + [0], mangled.count, &output, &size, 0) != nil, size <= capacity else {
    return nil
  }
  let result = output.prefix { $0 != 0 }
  return result.elementsEqual(mangled) ? nil : String(decoding: result, as: UTF8.self)
}

/// Whether a name, which anybody may have made up, is safe to hand to the runtime.
///
/// A back reference (`A`, then letters, each perhaps with a count) repeats a type, and the repeated type may be
/// repeated: 200 bytes demangle to terabytes. The letters of one reference multiply the output by their number at most,
/// because a type must be finished before it can be referred to. The product over every `A`, those in identifiers
/// included, hence limits the output to 2^16 types.
/// MEASURED: 99.4 % of the 24,849 Swift names of libswiftCore and FoundationEssentials are within that; the worst name
/// accepted, dictionaries of dictionaries, takes 25 ms.
private func isHarmless(_ mangled: [UInt8]) -> Bool {
  guard mangled.count <= 1024 else { return false }
  var product = 1
  for (index, byte) in mangled.enumerated() {
    let next = index + 1 < mangled.count ? mangled[index + 1] : 0
    // Value generics outside a generic signature stop the process (Swift 6.3.1, "should be printed as a child of a
    // DependentGenericSignature"); found by mutating names, as the only such abort.
    if byte == UInt8(ascii: "R"), next == UInt8(ascii: "V") || next == UInt8(ascii: "v") { return false }
    guard byte == UInt8(ascii: "A") else { continue }
    product *= 1 + backReferenceCount(mangled[(index + 1)...])
    if product > 1 << 16 { return false }
  }
  return true
}

/// How many types the back reference that begins with these bytes can push.
private func backReferenceCount(_ bytes: ArraySlice<UInt8>) -> Int {
  var references = 0
  var repetitions = 0
  for byte in bytes {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      repetitions = min(repetitions * 10 + Int(byte - UInt8(ascii: "0")), 1 << 20)
    case UInt8(ascii: "a")...UInt8(ascii: "z"):
      references += max(repetitions, 1)
      repetitions = 0
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
      return references + max(repetitions, 1)
    default: return references
    }
  }
  return references
}
