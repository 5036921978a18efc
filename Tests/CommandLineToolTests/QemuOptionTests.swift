import CommandLineTool
import Machine
import Testing

@Suite("Options of QEMU's")
struct QemuOptionTests {
  /// Every file that a test names exists, and OpenSBI where Debian puts it.
  private func parse(_ line: String, without missing: Set<String> = []) throws -> QemuInvocation {
    try QemuInvocation(line.split(separator: " ").map(String.init)) { !missing.contains($0) }
  }
  private static let base = "-machine virt -bios none -kernel k -nographic "

  @Test("xv6's own command line", arguments: ["-", "--"])
  func xv6(dash: String) throws {
    let line =
      "-machine virt -bios none -kernel kernel/kernel -m 128M -smp 3 -nographic -global virtio-mmio.force-legacy=false "
      + "-drive file=fs.img,if=none,format=raw,id=x0 -device virtio-blk-device,drive=x0,bus=virtio-mmio-bus.0"
    let invocation = try QemuInvocation(
      line.split(separator: " ").map { $0.hasPrefix("-") ? dash + $0.dropFirst() : String($0) }, exists: { _ in true })
    let configuration = invocation.configuration
    #expect(configuration.kernel == "kernel/kernel" && configuration.bios == .none)
    #expect(configuration.memorySize == 128 << 20 && configuration.hartCount == 3)
    #expect(configuration.disks == [.init(path: "fs.img", mode: .readWrite, slot: 0)])
    #expect(configuration.consoleSlot == nil && configuration.entropySlot == nil)
    #expect(configuration.networkDevices.isEmpty)
    #expect(invocation.notes.isEmpty)
    #expect(invocation.hasMultiplexer && invocation.serial == .terminal && !invocation.opensPrompt)
  }

  @Test(
    "Sizes are as QEMU reads them",
    arguments: [("64", 64 << 20), ("1G", 1 << 30), ("512m", 512 << 20), ("size=2G", 2 << 30), ("65536K", 64 << 20)])
  func memory(text: String, size: Int) throws {
    #expect(try parse(Self.base + "-m \(text)").configuration.memorySize == UInt64(size))
    #expect(try parse(Self.base).configuration.memorySize == 128 << 20)
  }

  @Test(
    "Harts are counted as QEMU counts them",
    arguments: [("4", 4), ("cpus=2", 2), ("2,maxcpus=4", 2), ("sockets=2,cores=2,threads=1", 4), ("3,cores=3", 3)])
  func harts(text: String, count: Int) throws {
    #expect(try parse(Self.base + "-smp \(text)").configuration.hartCount == count)
  }

  @Test("Devices without a bus go from the last slot down, as QEMU's own do")
  func slots() throws {
    let configuration = try parse(
      Self.base + "-device virtio-rng-device -drive file=a,if=none,format=raw,id=a -drive file=b,id=b,readonly=on "
        + "-device virtio-blk-device,drive=b -device virtio-blk-device,drive=a,bus=virtio-mmio-bus.5 "
        + "-netdev user,id=n -device virtio-net-device,netdev=n,mac=02:00:00:00:00:01 -device virtio-net-device "
        + "-device virtio-serial-device"
    ).configuration
    #expect(configuration.entropySlot == 7)
    #expect(
      configuration.disks == [
        .init(path: "b", mode: .readOnly, slot: 6), .init(path: "a", mode: .readWrite, slot: 5),
      ])
    #expect(
      configuration.networkDevices == [
        .init(address: .init(0x0200_0000_0001), slot: 4), .init(address: .init(device: 1), slot: 3),
      ])
    #expect(configuration.consoleSlot == 2)
  }

  @Test("The firmware is none, a file, or OpenSBI where it is installed")
  func firmware() throws {
    let debian = "/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin"
    #expect(try parse("-M virt -nographic -kernel k").configuration.bios == .file(.init(debian)))
    #expect(
      try parse("-M virt -nographic -kernel k -bios default", without: [debian]).configuration.bios
        == .file("/usr/share/qemu/opensbi-riscv64-generic-fw_dynamic.bin"))
    #expect(try parse("-M virt -nographic -bios fw.bin").configuration.bios == .file("fw.bin"))
    #expect(
      try parse("-M virt -nographic -L pc-bios -bios fw.bin", without: ["fw.bin"]).configuration.bios
        == .file("pc-bios/fw.bin"))
    #expect(throws: QemuUsageError.self) { try QemuInvocation(["-M", "virt", "-kernel", "k"]) { _ in false } }
  }

  @Test("Files are put into RAM where the loader is told to")
  func loader() throws {
    let images = try parse(
      "-machine virt -nographic -bios none -device loader,file=os.bin,addr=0x80200000 -device loader,file=os.elf "
        + "-device loader,file=a,,b,addr=0x1000,force-raw=on"
    ).configuration.extraImages
    #expect(
      images == [
        .init(path: "os.bin", address: 0x8020_0000), .init(path: "os.elf", address: nil),
        .init(path: "a,b", address: 0x1000, isRaw: true),
      ])
  }

  @Test("How the terminal is used, and when the run ends")
  func running() throws {
    #expect(try parse(Self.base + "-S").opensPrompt)
    #expect(try parse(Self.base + "-no-reboot").endsAtReset)
    #expect(try !parse(Self.base + "-serial stdio").hasMultiplexer)
    #expect(try parse("-serial mon:stdio -M virt -kernel k -bios none").notes.isEmpty)
    #expect(try parse(Self.base + "-serial file:out.log").serial == .file("out.log"))
    #expect(try parse(Self.base + "-serial null").serial == .nowhere)
    let logging = try parse(Self.base + "-d int,in_asm -D trap.log")
    #expect(logging.log == [.interrupts, .code] && logging.logFile == "trap.log" && logging.notes.isEmpty)
    #expect(try parse(Self.base + "-d exec,nochain,guest_errors").log == [.execution, .guestErrors])
    #expect(
      try parse(Self.base + "-d exec -dfilter 0x1000+0x10,0x3000..0x3fff,0x500f-0x10").logRanges
        == [0x1000...0x100f, 0x3000...0x3fff, 0x5000...0x500f])
    #expect(try parse("-d help").answer?.contains("\nin_asm ") == true)
    #expect(try parse(Self.base + "-cpu rv64,svadu=off").configuration.cpu.svade)
    #expect(try parse(Self.base + "-cpu rv64,h=true,v=false,zba=on").notes.isEmpty)
    #expect(try parse("-M virt,dumpdtb=virt.dtb -kernel k -bios none -nographic").deviceTreeFile == "virt.dtb")
  }

  @Test(
    "The terminal is named in more than one way",
    arguments: [
      ("-chardev stdio,id=c,mux=on -mon chardev=c,mode=readline -serial chardev:c", true, .terminal),
      ("-serial chardev:c -mon c -chardev stdio,mux=on,id=c,signal=off", true, .terminal),
      ("-chardev stdio,id=c -serial chardev:c -parallel none -monitor none", false, .terminal),
      ("-chardev file,id=f,path=out.log -serial chardev:f", true, .file("out.log")),
      ("-chardev null,id=n -serial chardev:n", true, .nowhere), ("-serial mon:stdio -serial none", true, .terminal),
    ] as [(String, Bool, QemuInvocation.Serial)])
  func terminal(options: String, hasMultiplexer: Bool, serial: QemuInvocation.Serial) throws {
    let invocation = try parse("-machine virt -bios none -kernel k " + options)
    #expect(invocation.hasMultiplexer == hasMultiplexer && invocation.serial == serial)
    #expect(invocation.notes.isEmpty)
  }

  @Test("A balloon, which lets the guest help itself only where that is said, as QEMU's")
  func balloon() throws {
    #expect(
      try parse(Self.base + "-device virtio-balloon-device").configuration.balloon
        == .init(target: 0, deflatesOnOutOfMemory: false, reportsFreePages: false, slot: 7))
    let more = "-device virtio-balloon-pci,deflate-on-oom=on,free-page-reporting=on,guest-stats-polling-interval=2,id=b"
    #expect(
      try parse(Self.base + more).configuration.balloon == .init(target: 0, deflatesOnOutOfMemory: true, slot: 7))
    #expect(throws: QemuUsageError.self) {
      try parse(Self.base + "-device virtio-balloon-device -device virtio-balloon-device")
    }
  }

  @Test("Drives in the words of -blockdev")
  func blockDevices() throws {
    let options =
      "-blockdev driver=file,filename=a,node-name=a -device virtio-blk-device,drive=a "
      + "-blockdev raw,node-name=b,file.driver=file,file.filename=b,read-only=on -device virtio-blk-device,drive=b "
      + "-blockdev file,filename=c,node-name=f -blockdev raw,file=f,node-name=c -device virtio-blk-device,drive=c "
    #expect(
      try parse(Self.base + options).configuration.disks == [
        .init(path: "a", mode: .readWrite, slot: 7), .init(path: "b", mode: .readOnly, slot: 6),
        .init(path: "c", mode: .readWrite, slot: 5),
      ])
  }

  @Test("Writes go to the file, but not with -snapshot, and not with -S, where time goes back")
  func writes() throws {
    let disk = "-drive file=d,if=none,id=x -device virtio-blk-device,drive=x "
    func mode(_ more: String) throws -> DiskImage.Mode? {
      try parse(Self.base + disk + more).configuration.disks.first?.mode
    }
    #expect(try mode("") == .readWrite)
    #expect(try mode("-snapshot") == .overlay)
    #expect(try mode("-S") == .overlay)
    #expect(try parse(Self.base + "-drive file=d,if=virtio,snapshot=on").configuration.disks.first?.mode == .overlay)
  }

  @Test(
    "What changes nothing is noted",
    arguments: [
      ("-rtc base=utc", "2000-01-01"), ("-icount shift=7", "counts instructions"), ("-name xv6", "-name xv6"),
      ("-netdev user,id=n,hostfwd=tcp::5555-:80", "nothing is forwarded"), ("-nic user", "is lost"),
      ("-no-shutdown", "powers off"), ("-cpu rv64,sv57=off", "sv57"), ("-object rng-random,id=r", "-seed"),
      ("-drive file=d,if=virtio,format=raw", "slot 7"), ("-device virtio-rng-pci", "no PCI"),
      ("-monitor stdio", "prompt"), ("-chardev stdio,id=m -mon chardev=m", "prompt"),
      ("-boot c", "firmware and kernel"),
      ("-hdb d.img", "-hdb d.img: passed over; QEMU gives this board no device"), ("-k de", "as they come"),
      ("-d cpu", "--trace"), ("-d trace:virtio", "trace events"), ("-D file", "nothing to log"),
      ("-action panic=none", "panic=none"), ("-serial mon:stdio -serial stdio", "one serial port"),
      ("-drive file=d,id=x", "no -device uses it"), ("-machine virt,aclint=on", "registers"),
    ])
  func notes(options: String, note: String) throws {
    let notes = try parse(Self.base + options).notes
    #expect(notes.contains { $0.contains(note) }, "\(notes)")
  }

  @Test(
    "What cannot be had is refused by name",
    arguments: [
      ("-foo", "-foo: not an option"), ("-s", "no server for gdb"), ("-gdb tcp::1234", "no server for gdb"),
      ("-M spike", "virt"), ("-cpu sifive-u54", "sifive-u54"), ("-cpu rv64,v=true", "no such extension"),
      ("-smp 9", "1 to 8"), ("-smp x", "cpus is a number"), ("-m 12Q", "128M or 1G"), ("-m", "requires an argument"),
      ("-device e1000,netdev=n", "no such device"), ("-device virtio-blk-device,drive=zz", "id=zz"),
      ("-device virtio-rng-device,bus=virtio-mmio-bus.8", "virtio-mmio-bus.7"),
      ("-device virtio-rng-device,bus=virtio-mmio-bus.1 -device virtio-net-device,bus=virtio-mmio-bus.1", "already"),
      ("-device virtio-net-device,netdev=n", "id=n"), ("-device virtio-net-device,mac=1:2", "mac=1:2"),
      ("-drive file=d,format=qcow2", "qemu-img convert"), ("-drive file=d,if=ide", "if=ide"),
      ("-drive if=none", "file="),
      ("-netdev tap,id=t", "no packet leaves"), ("-nic tap", "no packet leaves"), ("disk.img", "IDE"),
      ("-global virtio-mmio.force-legacy=true", "version 2"), ("-accel kvm", "virtualization"),
      ("-serial pty", "mon:stdio"), ("-drive file=d,colour=red", "colour"), ("-machine virt,aia=aplic", "AIA"),
      ("-append quiet -bios fw -kernel", "requires"), ("-d everything", "-d help"), ("-dfilter 5", "FIRST..LAST"),
      ("-echr 65", "1 (Ctrl-A) to 26"), ("-serial chardev:x", "no -chardev"), ("-chardev socket,id=s", "stdio, file"),
      ("-parallel stdio", "no parallel port"), ("-blockdev qcow2,node-name=a", "raw"), ("-fda a", "-fda a: QEMU gives"),
      ("-daemonize", "terminal"), ("-device loader,addr=1", "file=FILE"),
    ])
  func refused(options: String, message: String) {
    do {
      _ = try parse(Self.base + options)
      Issue.record("accepted")
    } catch { #expect("\(error)".contains(message), "\(error)") }
  }

  @Test("-append and -initrd are for -kernel, in QEMU's own words", arguments: ["append", "initrd"])
  func kernelOnly(option: String) {
    #expect {
      try parse("-M virt -nographic -bios fw -\(option) x")
    } throws: { error in
      "\(error)" == "-\(option) only allowed with -kernel option"
    }
  }

  @Test("Our keys are picked out, and all others are the guest's")
  func keys() {
    func typed(_ bytes: String, _ keys: KeyFilter.Keys) -> (String, KeyFilter.Wish?) {
      var filter = KeyFilter(keys)
      // One byte at a time, as a person types.
      var guest: [UInt8] = []
      for byte in bytes.utf8 {
        let (passed, wish) = filter.pass([byte])
        guest += passed
        if wish != nil { return (String(decoding: guest, as: UTF8.self), wish) }
      }
      return (String(decoding: guest, as: UTF8.self), nil)
    }
    #expect(typed("ls\n\u{1}xmore", .multiplexer) == ("ls\n", .leave))
    #expect(typed("\u{1}\u{1}\u{1}ax\u{1d}\u{1}c", .multiplexer) == ("\u{1}\u{1}x\u{1d}", .prompt))
    #expect(typed("a\u{1}x\u{1d}b", .bracket) == ("a\u{1}x", .leave))
    #expect(typed("\u{1}x\u{14}\u{14}\u{14}tx\u{14}x", .multiplexer(escape: 0x14)) == ("\u{1}x\u{14}\u{14}x", .leave))
    #expect(typed("\u{1}x\u{1d}c", .none) == ("\u{1}x\u{1d}c", nil))
  }
}
