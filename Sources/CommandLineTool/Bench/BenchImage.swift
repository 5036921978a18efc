import Machine
import ObjectFile
import SystemPackage

/// A guest of the benchmark, from which images are made that go around as often as asked.
///
/// Such a guest takes the number of its iterations from the doubleword `iterations`, and retires a fixed number of
/// instructions in each: so two runs tell how many any run retires, and the difference of two runs leaves out start and end.
struct BenchImage {
  let path: String
  private let bytes: [UInt8]
  /// Where `iterations` stands in the file.
  private let offset: Int
  /// Instructions that a run retires however often it goes around, and those of an iteration.
  private(set) var fixed: UInt64 = 0
  private(set) var perIteration: UInt64 = 0

  init(path: String) throws {
    self.path = path
    bytes = try Files.read(path)
    let file: ELFFile
    do { file = try ELFFile(bytes) } catch { throw Failure("\(path): \(error)") }
    guard let symbol = file.symbols.first(where: { $0.name == "iterations" }),
      let segment = file.segments.first(where: {
        symbol.address >= $0.virtualAddress && symbol.address - $0.virtualAddress + 8 <= $0.fileSize
      })
    else { throw Failure("\(path): no doubleword `iterations` in it: not a guest of the benchmark") }
    offset = Int(segment.fileOffset + symbol.address - segment.virtualAddress)
  }

  /// Writes a copy that goes around `count` times.
  func write(iterations count: UInt64, to path: String) throws {
    var copy = bytes
    for index in 0..<8 { copy[offset + index] = UInt8(truncatingIfNeeded: count >> UInt64(8 * index)) }
    try Files.write(path, copy, append: false)
  }

  /// Instructions that a run of so many iterations retires.
  func retired(iterations: UInt64) -> UInt64 { fixed + perIteration * iterations }

  /// Finds out by short runs on our machine what an iteration retires.
  mutating func count(scratch: String) throws {
    var counts: [UInt64] = []
    for iterations in [1, 2, 4] as [UInt64] {
      try write(iterations: iterations, to: scratch)
      var configuration = MachineConfiguration()
      configuration.program = FilePath(scratch)
      let machine: Machine
      do { machine = try Machine(configuration) } catch { throw Failure("\(error)") }
      guard machine.run(stepLimit: 100_000_000) == .exited(.success) else {
        throw Failure("\(path): it does not come to its end")
      }
      counts.append(machine.position)
    }
    perIteration = counts[1] - counts[0]
    fixed = counts[0] - perIteration
    guard counts[2] == retired(iterations: 4) else { throw Failure("\(path): its iterations are not all alike") }
  }
}
