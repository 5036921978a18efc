/// What `list` showed last.
package struct ListPosition {
  package let image: DebugImage
  /// As the debug information has it.
  package let path: String
  package let first: Int
  package let last: Int

  package init(image: DebugImage, path: String, first: Int, last: Int) {
    (self.image, self.path, self.first, self.last) = (image, path, first, last)
  }
}
