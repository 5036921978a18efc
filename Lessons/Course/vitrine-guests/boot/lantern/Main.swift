/// The kernel's first Swift: everything in the order in which it becomes possible.
@c(kernel_main) func kernelMain(hart: UInt64, deviceTree address: UInt64) -> Never {
  // What machine is this? Until the tree is read, words go through the firmware.
  guard let tree = DeviceTree(at: PhysicalAddress(address)) else {
    fail("no device tree at \(hex: address), which the loader should have passed on")
  }
  let board = Board(tree, bootHart: hart)
  if let uart = board.uart { UART.start(uart) }
  say("hart \(hart) boots, \((board.memoryEnd - board.memoryStart) >> 20) MiB of memory")
  checkMemory(board)

  // Memory. From here on the device tree may be overwritten.
  PageTable.extendKernelMap(to: board.memoryEnd)
  PageAllocator.start(end: board.memoryEnd)
  Harts.makeTable(board, bootHart: hart)
  if board.commandLine.wantsParavirtual { Paravirtual.start() }
  Timer.start(board)
  Harts.prepare()

  // Devices and processes. Nobody else is here yet, and no interrupt comes before a program runs.
  kernelLock.acquire()
  Interrupts.start(board)
  if UART.isReady { Keyboard.start() }
  Processes.start()
  startFirstProgram(board)
  Harts.startOthers()
  Scheduler.run()
}

/// Where the other harts come from `secondary_entry`.
@c(secondary_main) func secondaryMain() -> Never {
  Harts.prepare()
  kernelLock.acquire()
  Scheduler.run()
}

private func checkMemory(_ board: borrowing Board) {
  let least: UInt64 = 32
  guard board.memoryEnd > 0 else { fail("the device tree names no memory in which the kernel lies") }
  let size = (board.memoryEnd - board.memoryStart) >> 20
  guard size >= least else { fail("\(size) MiB of memory: give the machine at least \(least) MiB") }
}

private func startFirstProgram(_ board: borrowing Board) {
  let name = board.commandLine.hasInitialProgram ? board.commandLine.initialProgram : Name("init")
  do throws(Failure) {
    try FileSystem.mount(board)
    say("\(FileSystem.count) files, \(PageAllocator.free) pages free")
    Processes.initial = try name.withText { text throws(Failure) in try Processes.spawn(line: text) }
    try Balloon.start(board)
  } catch {
    fail("bin/\(name), the first program, cannot start: \(error.text)")
  }
}
