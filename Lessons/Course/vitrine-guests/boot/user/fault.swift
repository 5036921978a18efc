/// `fault KIND` does what a program must not do, and is ended by the kernel. Without a kind it lists them.
func run(_ arguments: Text) -> UInt64 {
  var words = arguments
  let kind = words.takeWord() ?? Text("help")
  if kind == "null" {
    store(at: 0)
  } else if kind == "text" {
    store(at: 0x10000)  // its own instructions, which it may not write
  } else if kind == "kernel" {
    store(at: 0xffff_ffc0_8040_0000)
  } else if kind == "device" {
    store(at: 0x1000_0000)  // where the serial line is for the kernel; for a program nothing is there
  } else if kind == "jump" {
    jump_to(0x3000_0000)
  } else if kind == "data" {
    var number: UInt64 = 0x0000_8067_0000_8067  // `ret`, but not in a page with the right to execute
    withUnsafeMutablePointer(to: &number) { jump_to(UInt64(UInt(bitPattern: $0))) }
  } else if kind == "privileged" {
    read_supervisor_register()
  } else if kind == "breakpoint" {
    execute_breakpoint()
  } else if kind == "stack" {
    print("\(depth(of: 1)) is never said")
  } else if kind == "check" {
    let numbers = [1, 2, 3]
    print("\(numbers[Int(words.count) + 3]) is never said")
  } else {
    print("fault null|text|kernel|device|jump|data|privileged|breakpoint|stack|check")
    return 0
  }
  print("fault: nothing happened, which is wrong")
  return 1
}

private func store(at address: UInt64) {
  // Volatile in effect: nobody knows at compile time where it goes.
  memset(UnsafeMutableRawPointer(bitPattern: UInt(address) | UInt(Kernel.processIdentifier & 0)), 0, 1)
}

private func depth(of level: UInt64) -> UInt64 {
  level == 0 ? 0 : depth(of: level &+ 1) &+ 1
}
