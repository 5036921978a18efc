/// The shell: reads a line, does what it says, says `$ ` again.
func run(_ arguments: Text) -> UInt64 {
  let capacity = 1024
  let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
  while true {
    Jobs.collect()
    write("$ ")
    guard let count = try? Kernel.read(into: buffer, capacity: capacity) else { return 1 }
    var line = Text(buffer, count: count)
    if line.count > 0 && line[line.count - 1] == 0x0a { line.count -= 1 }
    perform(line)
  }
}

private func perform(_ line: Text) {
  var arguments = line
  guard let command = arguments.takeWord() else { return }
  if command == "ps" {
    Commands.listProcesses()
  } else if command == "mem" {
    Commands.showMemory()
  } else if command == "ls" {
    Commands.listFiles()
  } else if command == "cat" {
    Commands.showFile(arguments)
  } else if command == "run" {
    Jobs.run(arguments)
  } else if command == "echo" {
    Commands.echo(arguments)
  } else if command == "halt" {
    Kernel.halt(status: 0)
  } else if command == "help" {
    print("ps  mem  ls  cat FILE  run NAME [ARGUMENTS] [&]  echo WORDS  halt")
  } else {
    print("\(command): unknown command; try help")
  }
}
