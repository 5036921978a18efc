import RISCV

/// The frames of host RAM that guests' memory lies in: given to a guest's page on first touch, and taken back when the guest gives
/// the page up.
///
/// Frames are given in order of address, those given back first, and hold zeros then. With large leaves the first touch of an
/// aligned 2 MiB of the guest's memory gives frames for all of it, in a row, as transparent huge pages do.
///
/// There are as many frames as the guest has pages, so there is always one. A host that has less than its guests believe to have
/// would take some away here, by sharing or swapping.
package final class HostFrames {
  /// Of the host's RAM: address of the first frame, and their number.
  package let base: UInt64
  package let count: Int
  /// Frames that a guest's page lies in now.
  package private(set) var mapped = 0
  /// Pages of the guest's that have had a frame.
  package private(set) var touched = 0
  /// Frames given out so far, and taken back.
  package private(set) var given: UInt64 = 0
  package private(set) var returned: UInt64 = 0

  /// Frames that are nobody's.
  package var free: Int { count - mapped }

  /// One time in which a frame held a page of the guest's.
  package struct Tenancy: Sendable, Equatable {
    /// The guest's page.
    package var page: GuestPhysicalAddress
    /// When it began, in host cycles, and why.
    package var since: UInt64
    package var cause: FirstTouch
    /// When it ended, and why; nil while it lasts.
    package var until: UInt64?
    package var reason: PageReturn?
  }

  private let memory: PhysicalMemory
  private let view: PhysicalMemory
  private let usesLargePages: Bool
  /// The next frame that was never given out, by number.
  private var next = 0
  private var freeList: [Int] = []
  /// Every page's present tenancy by number of the frame; the ones before of those that have changed hands.
  private var present: [Tenancy?]
  private var past: [Int: [Tenancy]] = [:]
  private var wasTouched: [Bool]
  /// Given out since the monitor paid last.
  private var unpaid: UInt64 = 0
  /// What of the monitor's tables leads to a page goes, before its frame does.
  var whenReturning: ((_ page: GuestPhysicalAddress) -> Void)?
  /// The host's clock, in cycles.
  var clock: () -> UInt64 = { 0 }
  /// The images are being loaded: nothing runs yet.
  var isLoading = true

  /// Tenancies of a frame that are remembered beside the present one.
  package static let mostPast = 8
  private static let largeCount = 512

  /// - Parameters:
  ///   - view: the guest's memory, of which no page has a frame yet; as large as the frames from `base` together.
  init(_ memory: PhysicalMemory, base: UInt64, view: PhysicalMemory, usesLargePages: Bool) {
    self.memory = memory
    self.base = base
    self.view = view
    self.usesLargePages = usesLargePages
    count = Int(view.size >> 12)
    present = Array(repeating: nil, count: count)
    wasTouched = Array(repeating: false, count: count)
    view.whenPageIsTouched { [unowned self] page, cause in give(page, cause) }
    view.whenPageIsReturned { [unowned self] page, reason in take(page, reason) }
  }

  // MARK: Where things are

  /// The host-physical address of a place in the guest's memory; nil where the guest has no memory, or none that was touched.
  package func hostAddress(of address: GuestPhysicalAddress) -> UInt64? {
    guard view.contains(address.value) else { return nil }
    return view.place(ofPage: pageNumber(address.value)).map {
      memory.base &+ UInt64($0) << 12 | address.value & 4095
    }
  }

  /// The guest-physical address of a place in the host's RAM; nil where no page of the guest's lies there.
  package func guestAddress(of address: UInt64) -> GuestPhysicalAddress? {
    guard memory.contains(address), let page = view.page(at: Int(address &- memory.base) >> 12) else { return nil }
    return GuestPhysicalAddress(view.base &+ UInt64(page) << 12 | address & 4095)
  }

  /// Who has the frame of a host-physical address, and who had it before, latest first; nil outside these frames.
  package func tenancies(of address: UInt64) -> (now: Tenancy?, before: [Tenancy])? {
    guard address >= base, address - base < UInt64(count) << 12 else { return nil }
    let frame = Int(address - base) >> 12
    return (present[frame], past[frame]?.reversed() ?? [])
  }

  /// Whether the guest's page ever had a frame.
  package func wasTouched(_ address: GuestPhysicalAddress) -> Bool {
    view.contains(address.value) && wasTouched[pageNumber(address.value)]
  }

  private func pageNumber(_ address: UInt64) -> Int { Int(address &- view.base) >> 12 }

  // MARK: Giving and taking

  /// The host-physical address of a page of the guest's, which gets its frame now if it has none.
  func frame(for page: UInt64, _ cause: FirstTouch) -> UInt64 {
    let number = pageNumber(page)
    if view.place(ofPage: number) == nil { give(number, cause) }
    return memory.base &+ UInt64(view.place(ofPage: number)!) << 12
  }

  /// The frame of the first page of an aligned 2 MiB of the guest's memory, where all of it lies in a row in aligned host memory.
  func largeFrame(at address: UInt64) -> UInt64? {
    let first = pageNumber(address)
    guard usesLargePages, let place = view.place(ofPage: first), place % Self.largeCount == 0,
      (1..<Self.largeCount).allSatisfy({ view.place(ofPage: first + $0) == place + $0 })
    else { return nil }
    return memory.base &+ UInt64(place) << 12
  }

  /// Frames given out since this was asked last.
  func takeUnpaid() -> UInt64 {
    defer { unpaid = 0 }
    return unpaid
  }

  private func give(_ page: Int, _ cause: FirstTouch) {
    let cause = cause == .device && isLoading ? FirstTouch.image : cause
    let first = page & ~(Self.largeCount - 1)
    let all = first..<first + Self.largeCount
    if usesLargePages, all.upperBound <= count, !wasTouched[all].contains(true), next + Self.largeCount <= count {
      for page in all { place(page, in: allocateNew(), cause) }
    } else {
      place(page, in: freeList.popLast() ?? allocateNew(), cause)
    }
  }

  private func allocateNew() -> Int {
    defer { next += 1 }
    return next
  }

  private func place(_ page: Int, in frame: Int, _ cause: FirstTouch) {
    let start = base &+ UInt64(frame) << 12
    if past[frame] != nil { memory.clearPage(at: start) }
    view.place(page: page, at: Int(start &- memory.base) >> 12)
    present[frame] = Tenancy(page: address(page), since: clock(), cause: cause)
    if !wasTouched[page] { touched += 1 }
    wasTouched[page] = true
    mapped += 1
    given += 1
    unpaid += 1
  }

  private func take(_ page: Int, _ reason: PageReturn) {
    guard let place = view.place(ofPage: page) else { return }
    whenReturning?(address(page))
    view.takeBack(page: page)
    let frame = place - Int(base &- memory.base) >> 12
    if var last = present[frame] {
      last.until = clock()
      last.reason = reason
      past[frame, default: []].append(last)
      if past[frame]!.count > Self.mostPast { past[frame]!.removeFirst() }
    }
    present[frame] = nil
    freeList.append(frame)
    mapped -= 1
    returned += 1
  }

  private func address(_ page: Int) -> GuestPhysicalAddress { GuestPhysicalAddress(view.base &+ UInt64(page) << 12) }
}
