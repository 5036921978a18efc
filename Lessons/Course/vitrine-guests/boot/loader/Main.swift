/// The loader, from its first line of Swift to the kernel's first instruction.
@c(loader_main)
func loaderMain(hart: UInt64, deviceTree: UInt64) {
  let tree = DeviceTree(at: deviceTree)
  var disk = Disk(on: tree)
  let partition = PartitionTable.findKernel(on: &disk)
  let kernel = KernelFile(in: partition, on: &disk)
  kernel.load(from: &disk, for: tree)
  disk.leave()
  Console.say("loader: entering the kernel at ")
  Console.say(hexadecimal: kernel.entry)
  Console.say("\n")
  enter_kernel(kernel.entry, hart, deviceTree)
}
