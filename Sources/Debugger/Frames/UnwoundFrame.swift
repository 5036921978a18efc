/// What call frame information says of a frame.
struct UnwoundFrame {
  var frameAddress: UInt64
  /// Nil where the frame is said to be the outermost.
  var caller: Frame?
}

extension Session {
  /// The frame as the image's call frame information has it; nil where it has none for the address.
  func tableRow(_ frame: Frame) -> UnwoundFrame? { nil }
}
