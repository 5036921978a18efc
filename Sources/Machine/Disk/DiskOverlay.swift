#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The changed parts of a disk, in clusters of 4 KiB.
struct DiskOverlay {
  static let clusterSize = 4096
  /// In bytes.
  let limit: Int
  /// Looked up, never iterated over.
  private var clusters: [UInt64: [UInt8]] = [:]

  init(limit: Int) { self.limit = limit }

  var isEmpty: Bool { clusters.isEmpty }
  var isFull: Bool { (clusters.count + 1) * Self.clusterSize > limit }

  subscript(cluster: UInt64) -> [UInt8]? {
    get { clusters[cluster] }
    set { clusters[cluster] = newValue }
  }

  /// Changes bytes of a cluster that is there.
  mutating func replace(_ cluster: UInt64, _ range: Range<Int>, with bytes: ArraySlice<UInt8>) {
    clusters[cluster]?.replaceSubrange(range, with: bytes)
  }

  /// The share of one cluster in a range of the disk.
  struct Part {
    /// Number of the cluster.
    var cluster: UInt64
    /// Inside the cluster.
    var range: Range<Int>
    /// Where the part begins on the disk.
    var offset: UInt64 { cluster * UInt64(DiskOverlay.clusterSize) + UInt64(range.lowerBound) }
  }

  /// Cuts a range of the disk at the borders of clusters.
  static func parts(offset: UInt64, count: Int) -> [Part] {
    var parts: [Part] = []
    var place = offset
    var rest = count
    while rest > 0 {
      let start = Int(place % UInt64(clusterSize))
      let length = min(rest, clusterSize - start)
      parts.append(Part(cluster: place / UInt64(clusterSize), range: start..<start + length))
      place += UInt64(length)
      rest -= length
    }
    return parts
  }
}

/// SystemPackage has no `fsync`.
func fsyncFile(_ descriptor: CInt) -> CInt { fsync(descriptor) }
