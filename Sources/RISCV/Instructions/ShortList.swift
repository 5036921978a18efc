/// A few elements in place: copying them counts no references, which would be most of what decoding costs.
struct ShortList<let capacity: Int, Element: BitwiseCopyable & Sendable>: RandomAccessCollection, BitwiseCopyable,
  Sendable
{
  private var elements: [capacity of Element?] = .init(repeating: nil)
  private(set) var count = 0

  var startIndex: Int { 0 }
  var endIndex: Int { count }
  // SAFETY: those before the count have been appended.
  subscript(index: Int) -> Element { elements[index].unsafelyUnwrapped }

  /// - Precondition: there is room.
  mutating func append(_ element: Element) {
    elements[count] = element
    count += 1
  }
}
