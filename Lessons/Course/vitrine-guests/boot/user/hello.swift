/// The shortest program: says who it is and what it was told.
func run(_ arguments: Text) -> UInt64 {
  print("hello from process \(Kernel.processIdentifier)")
  if arguments.count > 0 { print("arguments:\(arguments)") }
  return 0
}
