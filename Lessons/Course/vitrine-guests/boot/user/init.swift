/// The first program: it keeps a shell running, and takes the status of every process whose parent has ended.
func run(_ arguments: Text) -> UInt64 {
  var shell: UInt64 = 0
  while true {
    do throws(Failure) {
      if shell == 0 { shell = try Kernel.spawn(Text("shell")) }
      let ended = try Kernel.wait()
      if ended.process == shell { shell = 0 }
    } catch {
      print("init: \(error.text)")
      return 1
    }
  }
}
