import Debugger

enum StepballoonCommand: Command {
  static let name = "stepballoon"
  static let category = CommandCategory.running
  static let summary = "Follow pages from the guest to the host, point by point and from both sides"
  static let help = """
    stepballoon [N]
    Runs to the next N points on the way of pages through the balloon, and stands there:
      request    the driver has read how much is wanted
      allocate   it has chosen pages and put their numbers into the queue
      queue      the store that tells the device is next; under a monitor it has made an exit
      unmap      the device has served the queue: the pages' contents are gone, their frames are the host's again
      reuse      a frame that was given up is given to another page, on its first touch
    Below each the function and line where the guest stands. What is given back (deflate) and what is reported free go the same way.
    Breakpoints and catchpoints stop the run between. The guest needs a balloon (`--balloon SIZE` at the start) and a driver for it.
    Example: balloon 16M, then stepballoon 5
    """
  static let repetition = Repetition.same
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let count = try console.count(arguments.text)
    try console.requireLiving()
    guard count > 0 else { return }
    // Without a balloon there is no table.
    var hasHeading = false
    for _ in 0..<count {
      console.selectedFrame = 0
      let result = try console.checkSession { () throws(DebuggerError) in try console.session.stepBalloon() }
      guard let point = result.point else { return console.show(result.stop) }
      if !hasHeading { console.print(BalloonTable.heading) }
      hasHeading = true
      for line in BalloonTable.lines(point) { console.print(console.style.symbols(line)) }
      // Who catches what the balloon does sees it here.
      let others = result.stop.points.filter { if case .catchpoint(.balloon) = $0.kind { false } else { true } }
      if !others.isEmpty { return console.show(result.stop) }
    }
    console.print(console.stopLine)
    console.showDisplays()
  }
}

/// The rows of `stepballoon`.
enum BalloonTable {
  private static let (stepWidth, guestWidth) = (12, 52)

  static let heading = "  " + "step".padded(stepWidth) + "guest".padded(guestWidth) + "host"

  static func lines(_ point: BalloonPoint) -> [String] {
    let row = "  " + point.step.rawValue.padded(stepWidth) + (point.guest + "  ").padded(guestWidth) + point.host
    return [row, "  " + "".padded(stepWidth) + point.place]
  }
}
