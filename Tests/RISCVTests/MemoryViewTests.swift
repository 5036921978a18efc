import RISCV
import Testing

/// A view, whose pages lie in pages of another RAM in an order of its own, against RAM that lies in itself.
@Suite("Views of memory")
struct MemoryViewTests {
  private static let base: UInt64 = 0x8000_0000
  private static let pageCount = 16

  /// A view whose pages are placed from the end of the RAM below, as they are touched.
  private static func view() throws -> (view: PhysicalMemory, below: PhysicalMemory) {
    let below = try PhysicalMemory(base: 0x1_0000_0000, size: UInt64(pageCount) << 12)
    let view = PhysicalMemory(viewOf: below, base: base, size: UInt64(pageCount) << 12)
    var free = Array(0..<pageCount)
    view.whenPageIsTouched { [unowned view, unowned below] page, _ in
      let place = free.removeLast()
      below.clearPage(at: below.base + UInt64(place) << 12)
      view.place(page: page, at: place)
    }
    view.whenPageIsReturned { [unowned view] page, _ in
      free.insert(view.place(ofPage: page)!, at: 0)
      view.takeBack(page: page)
    }
    return (view, below)
  }

  @Test("What is stored, forgotten and read by chance is as in RAM of its own", arguments: UInt64(0)..<8)
  func likeWhole(seed: UInt64) throws {
    let (view, _) = try Self.view()
    let whole = try PhysicalMemory(base: Self.base, size: view.size)
    var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
    func next(_ bound: UInt64) -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state % bound
    }
    for _ in 0..<2_000 {
      // Beyond the end too, and often across the borders of pages.
      let near = Self.base + next(UInt64(Self.pageCount) + 1) << 12 &- 16 + next(32)
      let place = GuestPhysicalAddress(next(4) == 0 ? near : Self.base + next(view.size))
      switch next(6) {
      case 0:
        let bytes = (0..<next(5000)).map { UInt8(truncatingIfNeeded: $0 &+ state) }
        #expect(view.write(bytes, to: place) == whole.write(bytes, to: place))
      case 1: #expect(view.store(state, to: place) == whole.store(state, to: place))
      case 2:
        #expect(
          view.store(UInt16(truncatingIfNeeded: state), to: place)
            == whole.store(UInt16(truncatingIfNeeded: state), to: place))
      case 3: #expect(view.load(place, as: UInt64.self) == whole.load(place, as: UInt64.self))
      case 4:
        let count = Int(next(9000))
        #expect(view.read(place, count: count) == whole.read(place, count: count))
      default:
        guard view.contains(place.value), next(3) == 0 else { continue }
        view.forgetPage(at: place.value, .balloon)
        whole.forgetPage(at: place.value, .balloon)
      }
    }
    #expect(view.differences(from: whole, limit: 1).isEmpty)
    #expect(whole.differences(from: view, limit: 1).isEmpty)
    var pages: [UInt64] = []
    view.forEachNonzeroPage { address, _ in pages.append(address) }
    whole.forEachNonzeroPage { address, _ in #expect(pages.removeFirst() == address) }
    #expect(pages.isEmpty)
    let last = Self.base + view.size - 8
    whole.store(UInt64.max, to: GuestPhysicalAddress(last))
    view.store(UInt64.max - 1, to: GuestPhysicalAddress(last))
    #expect(view.differences(from: whole, limit: 5).map(\.address) == [last])
  }

  @Test("Reading gives no page its place, storing does, and forgetting takes it")
  func places() throws {
    let (view, below) = try Self.view()
    #expect(view.read(GuestPhysicalAddress(Self.base), count: 12_288) == [UInt8](repeating: 0, count: 12_288))
    #expect((0..<Self.pageCount).allSatisfy { view.place(ofPage: $0) == nil })
    view.store(UInt8(7), to: GuestPhysicalAddress(Self.base + 5))
    #expect(view.place(ofPage: 0) == 15 && view.page(at: 15) == 0 && view.page(at: 0) == nil)
    #expect(below.load(GuestPhysicalAddress(below.base + 15 << 12 + 5), as: UInt8.self) == 7)
    view.forgetPage(at: Self.base + 4095, .reported)
    #expect(view.place(ofPage: 0) == nil && view.page(at: 15) == nil)
    // A page without a place holds nothing to forget.
    view.forgetPage(at: Self.base, .reported)
  }

  @Test("A hart steps on a view as on RAM of its own, atomics and page tables included")
  func hart() throws {
    let (view, _) = try Self.view()
    let whole = try PhysicalMemory(base: Self.base, size: view.size)
    let harts = [view, whole].map { Hart(index: 0, memory: $0, resetVector: Self.base) }
    // sd, lr and sc, amoadd, a load of a page that nobody touched, and a store across two pages.
    let lines = [
      "auipc a0, 0x3", "li a1, 0x123", "sd a1, 8(a0)", "auipc a2, 0x5", "andi a2, a2, -16", "lr.d a3, (a2)",
      "sc.d a4, a1, (a2)",
      "amoadd.d a5, a1, (a2)", "ld a6, 0(a2)", "auipc a7, 0x8", "ld s2, 0(a7)", "lui s3, 0x2", "add s3, s3, a0",
      "sd a1, -4(s3)", "ld s4, -4(s3)",
    ]
    for (hart, memory) in zip(harts, [view, whole]) {
      var place = Self.base
      for line in lines {
        let bytes = try Assembler.assemble(line, at: place)
        memory.write(bytes, to: GuestPhysicalAddress(place))
        place += UInt64(bytes.count)
      }
      for _ in lines { #expect(hart.stepVirtually() == nil) }
    }
    for register in 0..<32 { #expect(harts[0].x(register) == harts[1].x(register), "x\(register)") }
    #expect(harts[0].pc == harts[1].pc && harts[0].x(14) == 0 && harts[0].x(16) == 0x246)
    #expect(view.differences(from: whole, limit: 1).isEmpty)
    #expect(view.place(ofPage: 8) == nil, "a load touches nothing")
  }
}
