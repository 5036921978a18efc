import FuzzDriver
import Machine
import RISCV
import SystemPackage

/// A driver that does anything at all to a virtio device: what it writes to the registers, and what lies in RAM.
///
/// An input is: which kind of device, of which there are two; how many operations; the operations, eight bytes each; then the contents of RAM from its start.
@main
private enum FuzzVirtio {
  private static let base: UInt64 = 0x8000_0000
  private static let memorySize: UInt64 = 1 << 16
  private static let operationSize = 8
  // Filled anew for each input: to set it aside takes longer than an input. SAFETY: libFuzzer has one thread.
  nonisolated(unsafe) private static let memory = try! PhysicalMemory(base: base, size: memorySize)
  private static let disk = FilePath(
    FuzzDriver.temporaryFile((0..<(64 * 512)).map { UInt8(truncatingIfNeeded: $0 >> 3) }))

  static func main() {
    FuzzDriver.run(seeds: VirtioSeeds.all) { start, count in
      FuzzVirtio.use(FuzzDriver.bytes(start, count))
      return 0
    }
  }

  private static func function(_ kind: UInt8, number: Int, port: ClockOnly) throws -> any VirtioFunction {
    switch kind & 7 {
    case 0: return VirtioEntropy(seed: 1)
    case 1:
      let console = VirtioConsole()
      console.input.send([UInt8](repeating: 9, count: 100))
      console.input.clockReached(0)
      console.onOutput = { _ in }
      return console
    case 2: return VirtioBlock(try DiskImage(disk, overlayLimit: 1 << 15), identity: "fuzz")
    case 3: return VirtioBlock(try DiskImage(disk, mode: .readOnly), identity: "a name of more than 20 bytes")
    case 5:
      return VirtioBalloon(target: 9, deflatesOnOutOfMemory: true, reportsFreePages: true, port: port)
    default: return VirtioNetwork(address: MACAddress(device: number))
    }
  }

  private static func use(_ input: [UInt8]) {
    guard input.count >= 2 else { return }
    let operations = input.dropFirst(2).prefix(Int(input[1]) * operationSize)
    do {
      // One array, which is copied at once: this is where an input's time goes.
      var contents = Array(input.dropFirst(2 + operations.count).prefix(Int(memorySize)))
      contents += [UInt8](repeating: 0, count: Int(memorySize) - contents.count)
      memory.write(contents, to: .init(base))
      let port = ClockOnly()
      let plic = PLIC(port: port)
      let devices = try (0..<2).map { number in
        VirtioMMIO(
          slot: number, function: try function(input[0], number: number, port: port), memory: memory, port: port,
          line: .init(to: plic, source: 1 + number), agenda: Agenda())
      }
      let network = NetworkSwitch()
      for case let function as VirtioNetwork in devices.map(\.function) { network.connect(function.port) }
      var rest = operations
      while rest.count >= operationSize {
        carryOut(rest.prefix(operationSize), devices, port)
        rest = rest.dropFirst(operationSize)
      }
      for device in devices {
        precondition(device.fields.allSatisfy { !$0.value.isEmpty })
        device.reset()
        precondition(device.dueClock == .max)
      }
    } catch {
      preconditionFailure("\(error)")
    }
  }

  /// What to do, the register or the place in RAM, and a number, of 1, 3 and 4 bytes. The place's highest bit chooses the device.
  private static func carryOut(
    _ bytes: ArraySlice<UInt8>, _ devices: [VirtioMMIO], _ port: ClockOnly
  ) {
    let whole = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let (place, value) = (whole >> 8 & 0x7f_ffff, whole >> 32)
    let device = devices[Int(whole >> 31 & 1)]
    let width = AccessWidth.allCases[Int(whole >> 3 & 3)]
    let offset = place & (device.windowSize - 1) & ~UInt64(width.rawValue - 1)
    switch whole & 7 {
    case 0, 1: try? device.write(value, offset: offset & ~3, width: .word)
    case 2: try? device.write(value & width.mask, offset: offset, width: width)
    case 3: _ = try? device.read(offset: offset, width: width)
    case 4: memory.store(UInt32(value), to: .init(base + place))
    case 5: memory.store(UInt16(truncatingIfNeeded: value), to: .init(base + place))
    case 6:
      port.clock &+= value
      device.clockReached()
    default:
      if let console = device.function as? VirtioConsole {
        console.input.send([UInt8](repeating: 7, count: Int(place & 0xff)))
        console.input.clockReached(port.clock)
      }
      device.serve(queue: 0)
    }
  }
}

/// Harts of which a device sees the clock only.
private final class ClockOnly: HartPort {
  let hartCount = 1
  var clock: UInt64 = 0
  var time: UInt64 = 0
  func setInterrupt(_ interrupt: Interrupt, level: Bool, hart: Int) {}
  func timerCompare(hart: Int) -> UInt64 { .max }
  func setTimerCompare(_ ticks: UInt64, hart: Int) {}
}
