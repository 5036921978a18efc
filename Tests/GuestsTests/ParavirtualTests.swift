import Foundation
import Guests
import Machine
import ObjectFile
import RISCV
import Testing

@Suite("Lantern with a monitor that it knows of")
struct ParavirtualTests {
  @Test("Without a monitor it says so, and all goes as usual")
  func alone() throws {
    let run = try LanternRun(["run hello", "halt"], append: "paravirtual=on")
    #expect(run.run() == .exited(.success))
    #expect(run.lines.contains { $0.hasPrefix("lantern: paravirtual: no monitor answers") })
    #expect(run.console.contains("hello from process "))
  }

  @Test("With one it hands over page-table entries in batches, whole texts, and the timer", arguments: [1, 4])
  func batches(harts: Int) throws {
    let run = try LanternRun(
      ["ps", "run stress 8", "run heap 300", "run spin 50", "halt"], harts: harts, append: "paravirtual=on")
    var monitor = try StandInMonitor()
    #expect(monitor.run(run, limit: 2_000_000_000) == .exited(.success), "\(run.console)")

    let features = "page tables by hypercall, console by hypercall, timer by hypercall"
    #expect(run.lines.contains("lantern: paravirtual: \(features)"))
    #expect(run.lines.contains { $0.hasSuffix(" shell") })
    #expect(run.console.contains("stress: 8 processes"))
    #expect(!run.console.contains("stress ended"))
    #expect(run.console.contains("heap: 300 pages written, checked and given back"))
    #expect(run.console.contains("no error"))

    // 300 pages of the heap come and go.
    #expect(monitor.updates > 600)
    #expect(monitor.updates > 2 * monitor.updateCalls)
    // Whole texts, and at least as many bytes as were seen after the monitor had been found.
    #expect(monitor.writes > 10 && monitor.bytes > 3 * monitor.writes)
    #expect(monitor.timers > 5)
  }
}

/// A monitor in the plainest sense: it takes the kernel's hypercalls before the firmware sees them.
struct StandInMonitor {
  private(set) var bytes = 0
  private(set) var updates = 0
  private(set) var updateCalls = 0
  private(set) var writes = 0
  private(set) var timers = 0

  /// The one `ecall` of the kernel.
  private let call: UInt64
  private static let extensionNumber: UInt64 = 0x0956_5452

  init() throws {
    let path = try #require(Guests.catalog) + "/boot/lantern.elf"
    let file = try ELFFile([UInt8](try #require(FileManager.default.contents(atPath: path))))
    let function = try #require(file.symbols.first { $0.name == "sbi_call" })
    let segment = try #require(
      file.segments.first {
        $0.virtualAddress <= function.address && function.address < $0.virtualAddress + $0.fileSize
      })
    let code = Array(file.bytes(of: segment).dropFirst(Int(function.address - segment.virtualAddress)))
    let ecall: [UInt8] = [0x73, 0, 0, 0]
    let offsets = stride(from: 0, to: Int(function.size) - 4, by: 2)
    let offset = try #require(offsets.first { code[$0..<$0 + 4].elementsEqual(ecall) })
    call = function.address + UInt64(offset)
  }

  /// Runs the machine, and stands in at each call that is for a monitor.
  mutating func run(_ run: LanternRun, limit: UInt64) -> StopReason {
    run.machine.breakpoints = [call]
    run.machine.breakpointHit = { hart, _ in Self.isForMonitor(hart) }
    while true {
      let reason = run.machine.run(stepLimit: limit)
      guard case .breakpoint(let index, _) = reason else { return reason }
      answer(run.machine.harts[index], run.machine)
    }
  }

  /// A call of the vendor extension, or the question whether there is one.
  private static func isForMonitor(_ hart: Hart) -> Bool {
    let isProbe = hart.x(17) == 0x10 && hart.x(16) == 3 && hart.x(10) == extensionNumber
    return isProbe || hart.x(17) == extensionNumber
  }

  private mutating func answer(_ hart: Hart, _ machine: Machine) {
    let memory = machine.memory
    if hart.x(17) == 0x10 {
      finish(hart, value: 1)
      return
    }
    switch hart.x(16) {
    case 0:
      finish(hart, value: 7)
    case 1:
      updateCalls += 1
      for index in 0..<hart.x(11) {
        let pair = hart.x(10) + index * 16
        let place = memory.load(GuestPhysicalAddress(pair), as: UInt64.self)!
        memory.store(memory.load(GuestPhysicalAddress(pair + 8), as: UInt64.self)!, to: GuestPhysicalAddress(place))
        updates += 1
      }
      finish(hart, value: 0)
    case 2:
      writes += 1
      let text = memory.read(GuestPhysicalAddress(hart.x(10)), count: Int(hart.x(11)))!
      let uart = GuestPhysicalAddress(MemoryMap.uart)
      for byte in text { try? machine.board.bus.write(UInt64(byte), to: uart, width: .byte, hart: hart.index) }
      bytes += text.count
      finish(hart, value: UInt64(text.count))
    default:
      // Its own firmware can set the timer: the call becomes one of the extension TIME and goes on.
      timers += 1
      hart.setX(17, 0x5449_4d45)
      hart.setX(16, 0)
    }
  }

  private func finish(_ hart: Hart, value: UInt64) {
    hart.setX(10, 0)
    hart.setX(11, value)
    hart.pc += 4
  }
}
