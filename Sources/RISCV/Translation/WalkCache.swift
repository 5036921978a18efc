/// A page-walk cache: remembers which page-table entries were read last of those that point to further tables, of both stages, and
/// of the G-stage's leaves.
/// It changes no translation, only what a reference costs.
struct WalkCache {
  let capacity: Int
  /// Physical addresses of entries, the one used last at the end.
  private var places: [UInt64] = []

  init(capacity: Int) {
    self.capacity = capacity
    places.reserveCapacity(capacity)
  }

  /// Notes that an entry is read; whether the cache had it.
  mutating func refer(to place: UInt64) -> Bool {
    let index = places.lastIndex(of: place)
    if let index { places.remove(at: index) } else if places.count == capacity { places.removeFirst() }
    places.append(place)
    return index != nil
  }

  mutating func removeAll() { places.removeAll(keepingCapacity: true) }
}

extension Hart {
  /// Entries of the page-walk cache; 0 where there is none. Setting it empties the cache.
  package var walkCacheEntries: Int {
    get { pointer.s.pointee.walkCache?.pointee.capacity ?? 0 }
    set {
      pointer.dropWalkCache()
      if newValue > 0 {
        let cache = UnsafeMutablePointer<WalkCache>.allocate(capacity: 1)
        cache.initialize(to: WalkCache(capacity: newValue))
        pointer.s.pointee.walkCache = cache
      }
      // What was remembered of contexts may hold a quick walk, which has no cache.
      pointer.s.pointee.contexts.epoch.pointee &+= 1
      pointer.updateContexts()
    }
  }
}

extension HartPointer {
  func dropWalkCache() {
    guard let cache = s.pointee.walkCache else { return }
    cache.deinitialize(count: 1)
    cache.deallocate()
    s.pointee.walkCache = nil
  }
}
