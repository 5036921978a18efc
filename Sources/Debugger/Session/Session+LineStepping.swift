import Machine
import RISCV

/// How a step by lines goes on.
package enum LineStep {
  /// Enters functions that have lines, behind their prologues.
  case into
  /// Runs calls as a whole.
  case over
  /// As `over`, and backwards jumps in the function are passed, so that a loop is left.
  case past
}

/// The code that a step by lines is to leave: a line's, or a whole function's where there are no lines.
private struct StepRange {
  var addresses: Range<UInt64>
  var path = ""
  /// 0 without lines.
  var line = 0

  init(_ place: SourcePlace) { (addresses, path, line) = (place.addresses, place.path, place.line) }
  init(function addresses: Range<UInt64>) { self.addresses = addresses }

  func isLine(of place: SourcePlace) -> Bool { place.line == line && place.path == path }
}

// The rules are gdb's: a step ends where the code of another line begins. Coming back to the middle of a line, as a return
// does, it goes on to the end of that.
extension Session {
  /// Steps to the beginning of another line. Without lines, until the function at pc is left.
  package func stepLine(_ kind: LineStep) throws(DebuggerError) -> Stop {
    var range: StepRange
    if let place = sourcePlace(at: hart.pc) {
      range = StepRange(place)
      if kind == .past, let function = functionRange(at: hart.pc), function.lowerBound < range.addresses.upperBound {
        range.addresses = function.lowerBound..<range.addresses.upperBound
      }
    } else if let function = functionRange(at: hart.pc) {
      range = StepRange(function: function)
    } else {
      throw .other("Cannot find bounds of current function")
    }
    let index = selectedHart
    while true {
      if interruptFlag.isSet { return stop(for: .requested) }
      let stop = try stepOnce(kind, hart: index)
      guard stop.reason == .done else { return stop }
      let pc = hart.pc
      if range.addresses.contains(pc) { continue }
      guard let place = sourcePlace(at: pc) else { return stop }
      if range.isLine(of: place) {
        if kind != .past { range = StepRange(place) }
      } else if pc != place.addresses.lowerBound {
        range = StepRange(place)
      } else if place.isStatement {
        return stop
      }
    }
  }

  /// One instruction of a hart; with what it calls, unless that is to be entered; with what handles its trap.
  private func stepOnce(_ kind: LineStep, hart index: Int) throws(DebuggerError) -> Stop {
    // Other harts take their turns meanwhile.
    while machine.currentHart != index {
      let stop = try stepInstruction()
      guard stop.reason == .done else { return stop }
      if interruptFlag.isSet { return self.stop(for: .requested) }
    }
    selectedHart = index
    let hart = machine.harts[index]
    let (pc, stack, thread) = (hart.pc, hart.x(2), ControlThread(hart))
    let line = try? instruction(at: SpacedAddress(pc))
    let next = pc &+ UInt64(line?.length ?? 4)
    var stop = try stepInstruction()
    selectedHart = index
    guard stop.reason == .done else { return stop }
    if hart.privilege > thread.privilege || (hart.privilege == thread.privilege && tookTrap(hart, from: pc)) {
      // A trap: its handler runs until it comes back here.
      stop = try run(to: [pc, next]) { thread.runs(on: $0) && $0.x(2) == stack }
    } else if let line, isCall(line), hart.pc != next, thread.runs(on: hart) {
      if let hit = breakpointHere() { return hit }
      if kind == .into, let body = lineBody(at: hart.pc) {
        if body == hart.pc { return stop }
        stop = try run(to: [body]) { thread.runs(on: $0) && $0.x(2) <= stack }
      } else {
        stop = try run(to: [next]) { thread.runs(on: $0) && $0.x(2) == stack }
      }
    }
    if stop.reason == .done { selectedHart = index }
    return stop
  }

  /// Where a step into the function at an address stops; nil where it has no lines.
  private func lineBody(at address: UInt64) -> UInt64? {
    sourcePlace(at: address).map { prologueEnd(address, $0.image) }
  }

  private func tookTrap(_ hart: Hart, from pc: UInt64) -> Bool {
    let registers = hart.privilege.trapRegisters
    return hart.readCSR(registers.pc.rawValue) == pc && (hart.readCSR(registers.vector.rawValue) ?? 0) & ~3 == hart.pc
  }

  /// The addresses of the function that an address is in, as its symbol tells.
  package func functionRange(at address: UInt64) -> Range<UInt64>? {
    guard let location = location(of: address) else { return nil }
    let start = location.symbol.address
    if location.symbol.size > 0 { return start..<start &+ location.symbol.size }
    // A label without a size ends at the next symbol.
    var end = address &+ 2
    while end &- start < 4096, self.location(of: end)?.symbol == location.symbol { end &+= 2 }
    return start..<end
  }
}
