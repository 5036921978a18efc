// What changes nothing here, and what cannot be had. The reason is the help, and what the person is told.
extension QemuOption {
  static var otherOptions: [Self] { passedOver + refused }

  private static var passedOver: [Self] {
    [
      .passedOver("icount", value: "...", because: "the clock counts instructions in every run"),
      .passedOver("rtc", value: "...", because: "the clock starts at 2000-01-01 00:00 UTC in every run"),
      .passedOver("name", value: "NAME", because: "a name changes nothing"),
      .passedOver("uuid", value: "UUID", because: "nothing on this board shows it to the guest"),
      .passedOver("boot", value: "...", because: "firmware and kernel decide what is started, on QEMU's board too"),
      .passedOver("k", value: "LAYOUT", because: "keys go to the guest as they come"),
      .passedOver("hda", "hdb", "hdc", "hdd", "cdrom", value: "FILE", because: noDriveLetter),
      .passedOver("vga", value: "TYPE", because: "there is no display"),
      .passedOver("full-screen", because: "there is no display"),
      .passedOver("audiodev", value: "...", because: "there is no sound"),
      .passedOver("msg", value: "...", because: "messages have no time"),
      .passedOver("sandbox", value: "...", because: "it is about QEMU's own process"),
      .passedOver("mem-prealloc", because: "RAM is taken from the host when the guest uses it"),
      .passedOver("mem-path", value: "PATH", because: "RAM is this process's own memory"),
      .passedOver("overcommit", value: "...", because: "RAM is taken from the host when the guest uses it"),
      .passedOver("watchdog-action", value: "ACTION", because: "there is no watchdog"),
      .passedOver("trace", value: "...", because: "QEMU's own trace events are not here; see -d"),
      .passedOver("tb-size", value: "N", because: "code is not compiled"),
      .passedOver("singlestep", "one-insn-per-tb", because: "it changes nothing that a guest can see"),
      .passedOver("semihosting", because: "there is none: a guest that calls it takes a breakpoint trap"),
      .passedOver("no-user-config", because: "QEMU's configuration files are never read"),
    ]
  }

  private static let noDriveLetter =
    "QEMU gives this board no device for it either; use -drive file=FILE,if=none,format=raw,id=x0 "
    + "-device virtio-blk-device,drive=x0"

  private static var refused: [Self] {
    let noMonitor = "there is no such monitor; -S opens the prompt"
    let noFlash = "flash cannot be filled from a file; give firmware with -bios"
    let noUSB = "the board has no USB; type at the serial port"
    let noWindow = "there is no display; the serial port is on this terminal"
    let noSharing = "no folder of yours can be shared; put files into a disk image"
    let noState = "the state of a QEMU cannot be read; at the prompt (-S), `seek` goes to any point of the run"
    return [
      .refused("semihosting-config", value: "...", because: "there is no semihosting; leave it out"),
      .refused("daemonize", because: "the guest's console stays on this terminal; put & behind the command"),
      .refused("pidfile", value: "FILE", because: "no file is written; a shell has the number in $!"),
      .refused("qmp", "qmp-pretty", value: "...", because: noMonitor),
      .refused("pflash", value: "FILE", because: noFlash),
      .refused("sd", "mtdblock", "fda", "fdb", value: "FILE", because: noDriveLetter),
      .refused("usb", because: noUSB),
      .refused("usbdevice", value: "NAME", because: noUSB),
      .refused("vnc", "spice", value: "...", because: noWindow),
      .refused("virtfs", "fsdev", value: "...", because: noSharing),
      .refused("loadvm", "incoming", value: "...", because: noState),
      .refused("plugin", value: "FILE", because: "plug-ins of QEMU's cannot be loaded; `vitrine run --trace` may do"),
      .refused("numa", value: "...", because: "all RAM is equally near; leave it out"),
      .refused("readconfig", "writeconfig", value: "FILE", because: "give the options on the command line"),
      .refused("qtest", value: "...", because: "devices are not driven from outside"),
      .refused("preconfig", because: noMonitor),
      .refused("runas", "chroot", value: "...", because: "start the whole command as that user, or there"),
    ]
  }
}
