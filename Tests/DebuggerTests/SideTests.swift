import Debugger
import Hypervisor
import Machine
import RISCV
import Testing

@Suite("Side by side")
struct SideTests {
  /// A session that has run for a while, with columns open.
  static func opened(
    _ guest: String, after position: UInt64 = 0, _ techniques: [Technique] = Technique.all
  ) throws -> (session: Session, side: SideBySide) {
    let session = try TechniqueTests.session(guest)
    if position > 0 { _ = try session.resume(limit: position) }
    #expect(try session.openSide(techniques))
    return (session, try #require(session.side))
  }

  /// The sum of what columns were charged, in the order of the columns.
  static func cycles(_ side: SideBySide) -> [UInt64] { side.columns.map(\.charges.cycles) }

  @Test(
    "Step by step the guest is equal in every column, cycles add up, and the session does not move",
    arguments: zip(
      ["hello", "traps", "pagefaults", "timer", "smp"], [6_700, 0, 8_000, 3_000, 4_000] as [UInt64]))
  func steps(guest: String, position: UInt64) throws {
    let (session, side) = try Self.opened(guest, after: position)
    let before = (session.machine.position, session.machine.digest(), session.virtualMachine.ledgers[0])
    let start = Self.cycles(side)
    var sums = start
    for _ in 0..<60 {
      guard case .arrived = try session.moveSide({ side throws(DebuggerError) in try side.step() }) else { break }
      #expect(side.comparison.isEqual && side.parting == nil)
      for (index, column) in side.columns.enumerated() {
        let stretch = try #require(column.stretch)
        sums[index] += stretch.charges.cycles
        #expect(stretch.charges.lines.reduce(0) { $0 + $1.amount.cycles } == stretch.charges.cycles)
      }
    }
    #expect(sums == Self.cycles(side))
    #expect((session.machine.position, session.machine.digest()) == (before.0, before.1))
    #expect(session.virtualMachine.ledgers[0] == before.2)
    // Looking at each step has cost the columns nothing: in one go they come to the same.
    let other = try TechniqueTests.session(guest)
    _ = try other.resume(limit: side.reference.machine.position)
    guard other.machine.steps == side.reference.machine.steps else { return }
    #expect(try other.openSide(Technique.all))
    let fresh = try #require(other.side)
    #expect(fresh.comparison.isEqual)
    if fresh.comparison.digest == side.comparison.digest { #expect(Self.cycles(fresh) == sums) }
  }

  @Test("A store into a live page table: an exit where stores are traced, nothing elsewhere")
  func tracedStore() throws {
    let techniques: [Technique] = [.native, .trapAndEmulate, .hardwareAssisted]
    let (session, _) = try Self.opened("nano", techniques)
    let move = try session.moveSide { side throws(DebuggerError) in try side.run(to: .marker(9)) }
    #expect(move == .arrived)
    _ = try session.moveSide { side throws(DebuggerError) in try side.step() }
    let side = try #require(session.side)
    #expect(side.comparison.isEqual)
    let stretches = try side.columns.map { try #require($0.stretch) }
    #expect(stretches.map(\.exits.count) == [0, 1, 0])
    #expect(stretches[1].exits[.tracedStore].count == 1)
    // The exit, and the walk that found no right to store.
    let walk = stretches[1].charges.count(.pageTableReference) * CostModel.standard[.pageTableReference]
    #expect(stretches[1].exits.cycles + walk == stretches[1].charges.cycles)
    // Stores to one entry over and over do not make the monitor take the page for no table any more.
    #expect(stretches[1].tracedBefore == stretches[1].tracedAfter)
    #expect(stretches[0].charges.cycles == 1 && stretches[2].charges.cycles == 1)
  }

  @Test(
    "The instruction of a technique's next exit is where that exits, and nobody is told of who does not",
    arguments: Technique.all.filter { $0.hasExits })
  func nextExit(technique: Technique) throws {
    let (session, side) = try Self.opened("pagefaults", after: 2_000, [.native, .trapAndEmulate, .hardwareAssisted])
    guard let column = side.column(technique) else { return }
    var last: UInt64 = 0
    for _ in 0..<12 {
      let search = try session.moveSide { side throws(DebuggerError) in try side.runToExit(of: column, reason: nil) }
      guard case .here(let exits, .arrived) = search else { break }
      #expect(exits.first?.technique == technique)
      #expect(column.machine.steps > last)
      last = column.machine.steps
      #expect(side.comparison.isEqual)
      _ = try session.moveSide { side throws(DebuggerError) in try side.step() }
      for each in side.columns {
        let told = exits.filter { $0.technique == each.technique }
        let stretch = try #require(each.stretch)
        let made = stretch.exits.count + (stretch.openService == nil ? 0 : 1)
        #expect((told.count > 0) == (made > 0), "\(each.technique) at \(last)")
        guard made == 1, let first = told.first, stretch.openService == nil else { continue }
        #expect(stretch.exits[first.reason].count == 1)
      }
    }
    #expect(last > 0)
  }

  @Test("Exits of one reason are found, and a reason that never comes is told with where the guest ends")
  func nextExitOfReason() throws {
    let (session, side) = try Self.opened("hello", [.native, .trapAndEmulate])
    let column = side.columns[1]
    for _ in 0..<3 {
      let search = try session.moveSide { side throws(DebuggerError) in
        try side.runToExit(of: column, reason: .environmentCall)
      }
      guard case .here(let exits, .arrived) = search else {
        Issue.record("no environment call")
        return
      }
      #expect(exits.contains { $0.reason == .environmentCall })
      #expect([.environmentCallFromU, .environmentCallFromS].contains(exits.first?.trap?.cause))
    }
    let here = column.machine.steps
    let search = try session.moveSide { side throws(DebuggerError) in
      try side.runToExit(of: column, reason: .guestAccess)
    }
    guard case .none(let end) = search else {
      Issue.record("it was found")
      return
    }
    #expect(end > here && column.machine.steps == here)
  }

  @Test("Columns that differ are told with the instruction, and go on")
  func parting() throws {
    var configuration = try TechniqueTests.session("sensitive").configuration
    configuration.cpu.quirks = .csrWriteIgnored
    let session = try Session(configuration)
    #expect(try session.openSide([.native, .trapAndEmulate]))
    let move = try session.moveSide { side throws(DebuggerError) in try side.run(to: .end) }
    #expect(move == .parted)
    let side = try #require(session.side)
    let parting = try #require(side.parting)
    let difference = try #require(parting.difference)
    #expect(difference.instruction.hasPrefix("csr"), "\(difference.instruction)")
    // They stand before it again, and it makes them differ.
    #expect(side.comparison.isEqual && parting.foundAt > difference.position)
    #expect(side.columns.allSatisfy { $0.machine.steps == difference.steps })
    #expect(try session.moveSide { side throws(DebuggerError) in try side.step() } == .arrived)
    #expect(side.comparison.differences.first?.values.map(\.name) == ["mtvec"])
    #expect(session.machine.position == 0)
  }

  @Test("Ctrl-C leaves all columns at one place")
  func interrupted() throws {
    let (session, side) = try Self.opened("nano", [.native, .trapAndEmulate, .hardwareAssisted])
    session.onConsoleOutput = { [flag = session.interruptFlag] byte in if byte == 10 { flag.raise() } }
    let move = try session.moveSide { side throws(DebuggerError) in try side.run(to: .end) }
    // Short guests end within the slice in which it was pressed.
    #expect(move == .interrupted || move == .ended(.exited(.success)))
    #expect(Set(side.columns.map(\.machine.steps)).count == 1)
    #expect(side.comparison.isEqual)
    session.interruptFlag.raise()
    #expect(try !session.openSide([.native, .trapAndEmulate]) || session.machine.position == 0)
  }

  @Test(
    "The guest's end is the same in every column, and nothing moves behind it", arguments: ["hello", "smp", "timer"])
  func end(guest: String) throws {
    let (session, side) = try Self.opened(guest)
    let move = try session.moveSide { side throws(DebuggerError) in try side.run(to: .end) }
    #expect(move == .ended(.exited(.success)))
    #expect(side.comparison.isEqual)
    #expect(throws: DebuggerError.self) {
      try session.moveSide { side throws(DebuggerError) in try side.step() }
    }
  }

  @Test("A forgotten fence: a TLB and a shadow without traces show the old page, a traced shadow the new one")
  func stale() throws {
    let session = try TechniqueTests.session("forgotten-fence")
    session.checksStaleTranslations = true
    #expect(try session.resume().reason == .stale)
    let point = try #require(session.stalePoint)
    let digest = session.machine.digest()
    let views = try #require(try session.views(of: point, under: Technique.all))
    for view in views {
      let isTraced = view.technique.policy == .traced
      #expect(view.outcome == (isTraced ? .new : .old), "\(view.technique)")
      #expect(view.bytes == [isTraced ? 0x62 : 0x61], "\(view.technique)")
      if isTraced { #expect(view.dropped != nil && !view.isInShadow) }
    }
    #expect(session.machine.digest() == digest)
  }

  @Test("What is typed comes to every column at the same point, and the session does not hear of it")
  func typing() throws {
    let (session, side) = try Self.opened("nano", after: 5_000, [.native, .trapAndEmulate, .hardwareAssisted])
    side.type(Array("ls\n".utf8))
    _ = try session.moveSide { side throws(DebuggerError) in try side.step(3_000) }
    #expect(side.comparison.isEqual)
    let arrivals = side.columns.map(\.machine.board.consoleInput.arrivals)
    #expect(arrivals[0].map(\.bytes) == [Array("ls\n".utf8)] && arrivals.allSatisfy { $0 == arrivals[0] })
    _ = try session.resume(limit: 3_000)
    #expect(session.machine.board.consoleInput.arrivals.isEmpty)
  }

  @Test("What is typed and has not come in yet goes along under another technique, and into columns")
  func waitingInput() throws {
    let text = Array("ls\n".utf8)
    let session = try TechniqueTests.session("nano")
    _ = try session.resume(limit: 2_500)
    session.type(text)
    _ = try session.change(to: .trapAndEmulate)
    #expect(try session.openSide([.native, .hardwareAssisted]))
    _ = try session.resume(limit: 3_000)
    #expect(session.machine.board.consoleInput.arrivals.map(\.bytes) == [text])
    _ = try session.moveSide { side throws(DebuggerError) in try side.step(3_000) }
    for column in try #require(session.side).columns {
      #expect(column.machine.board.consoleInput.arrivals == session.machine.board.consoleInput.arrivals)
    }
    // Going back and on again it comes once.
    #expect(try session.seek(2_400))
    _ = try session.resume(limit: 3_000)
    #expect(session.machine.board.consoleInput.arrivals.map(\.bytes) == [text])
  }
}
