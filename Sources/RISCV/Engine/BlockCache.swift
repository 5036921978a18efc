/// Decoded blocks of the code in RAM.
final class BlockCache {
  init(pageCount: Int) {}
  func storeHappened(offset: Int, count: Int) {}
}
