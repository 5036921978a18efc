import Hypervisor
import Machine
import RISCV

/// The balloon of a board, as who looks at its queues needs it.
struct BalloonView {
  let balloon: VirtioBalloon
  let slot: VirtioMMIO
  /// Of the register that a driver stores a queue's number to.
  let notifyAddress: UInt64
  /// The line of the interrupt controller.
  let interrupt: Int
  private let memory: PhysicalMemory

  init?(_ board: Board) {
    guard let balloon = board.balloon, let slot = board.balloonSlot,
      let index = board.virtio.firstIndex(where: { $0 === slot })
    else { return nil }
    (self.balloon, self.slot, memory) = (balloon, slot, board.memory)
    notifyAddress = MemoryMap.virtio + UInt64(index) * MemoryMap.virtioStride + VirtioMMIO.notifyOffset
    interrupt = InterruptSource.virtio + index
  }

  /// The queues in which pages go.
  var pageQueues: [Int] {
    [VirtioBalloon.inflateQueue, VirtioBalloon.deflateQueue] + Array(VirtioBalloon.reportingQueues)
  }
  static func name(of queue: Int) -> String {
    switch queue {
    case VirtioBalloon.inflateQueue: "inflateq"
    case VirtioBalloon.deflateQueue: "deflateq"
    default: "reporting_vq"
    }
  }

  /// What a driver has put into a queue and the device has not taken.
  struct Offer {
    /// Pages, or stretches of them in a report.
    var count: String
    var text: String
  }
  /// What the driver has chosen to offer, and from where.
  func choice(_ queue: Int) -> String {
    let count = offer(queue).count
    switch queue {
    case VirtioBalloon.inflateQueue:
      return count + (balloon.freePages.map { " of \(grouped($0)) free, as it last told" } ?? " chosen")
    case VirtioBalloon.deflateQueue: return "\(count) of \(grouped(UInt64(balloon.pages.count))) in the balloon"
    default: return "\(count) to report"
    }
  }

  func offer(_ queue: Int) -> Offer {
    let chains = slot.offered(queue: queue)
    if VirtioBalloon.reportingQueues.contains(queue) {
      let pages = chains.reduce(0) { $0 + $1.writable.count } / VirtioBalloon.pageSize
      return Offer(count: "\(grouped(pages)) free pages", text: "\(grouped(pages)) free pages")
    }
    var (count, first) = (UInt64(0), UInt64?.none)
    for chain in chains {
      VirtioBalloon.forEachNumber(chain, memory) { number in
        count += 1
        if first == nil { first = number }
      }
    }
    let pages = "\(grouped(count)) page\(count == 1 ? "" : "s")"
    let numbers = "\(grouped(count)) PFN\(count == 1 ? "" : "s")"
    return Offer(count: pages, text: numbers + (first.map { ", first \(hex($0))" } ?? ""))
  }
}
