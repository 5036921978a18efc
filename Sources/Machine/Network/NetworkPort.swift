/// The end of a cable at a machine's network device. The other end is a port of a ``NetworkSwitch``, or hangs loose.
///
/// Frames that arrive wait here until the machine's next turn border, where alone the world may touch it.
package final class NetworkPort {
  /// Frames are 14 bytes of header, up to 1500 of content, and perhaps a VLAN tag; the checksum is not part of them.
  package static let frameSizes = 14...1518
  /// More waiting frames than this are dropped, as by hardware whose driver is too slow.
  package static let capacity = 256

  /// The switch, which the machine does not own.
  weak var network: NetworkSwitch?
  private var waiting: [[UInt8]] = []
  private var first = 0
  /// A frame came since the device looked last.
  private(set) var hasNews = false

  package private(set) var sentCount = 0
  package private(set) var receivedCount = 0
  /// Frames of a bad size, and those that found no room.
  package private(set) var droppedCount = 0

  package init() {}

  var hasFrames: Bool { first < waiting.count }

  /// The device sends a frame.
  func send(_ frame: [UInt8]) {
    guard Self.frameSizes.contains(frame.count) else {
      droppedCount += 1
      return
    }
    sentCount += 1
    network?.forward(frame, from: self)
  }

  /// A frame arrives.
  func deliver(_ frame: [UInt8]) {
    guard waiting.count - first < Self.capacity else {
      droppedCount += 1
      return
    }
    waiting.append(frame)
    hasNews = true
  }

  /// The device takes the frame that waits longest.
  func takeFrame() -> [UInt8]? {
    guard hasFrames else { return nil }
    let frame = waiting[first]
    first += 1
    if !hasFrames {
      waiting.removeAll(keepingCapacity: true)
      first = 0
    } else if first >= Self.capacity {
      waiting.removeFirst(first)
      first = 0
    }
    receivedCount += 1
    return frame
  }

  /// A frame had no place in the driver's buffer.
  func noteDropped() {
    receivedCount -= 1
    droppedCount += 1
  }

  func takeNews() -> Bool {
    defer { hasNews = false }
    return hasNews
  }
}
