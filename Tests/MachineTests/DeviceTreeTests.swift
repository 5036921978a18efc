import Foundation
import Machine
import Testing

@Suite("The device tree")
struct DeviceTreeTests {
  private static func tree(harts: Int = 2) -> BoardDeviceTree {
    var configuration = MachineConfiguration()
    configuration.hartCount = harts
    configuration.append = "root=/dev/vda ro"
    var tree = BoardDeviceTree(configuration)
    tree.initrd = AddressRange(start: 0x8f00_0000, end: 0x8f12_3456)
    return tree
  }

  @Test("What was written is read back", arguments: [1, 2, 8])
  func roundTrip(harts: Int) throws {
    let root = Self.tree(harts: harts).root
    let blob = FlattenedDeviceTree.encode(root)
    var reader = try #require(DeviceTreeReader(blob))
    #expect(reader.root() == root)
  }

  @Test("Every hart has its node, its interrupt controller and its place in CLINT and PLIC")
  func harts() throws {
    let root = Self.tree(harts: 3).root
    let cpus = try #require(root.node("cpus"))
    #expect(cpus.children.map(\.name) == ["cpu@0", "cpu@1", "cpu@2", "cpu-map"])
    let soc = try #require(root.node("soc"))
    let controllers = try cpus.children.prefix(3).map {
      try #require($0.node("interrupt-controller")?.cells("phandle")?.first)
    }
    #expect(soc.node("plic@c000000")?.cells("interrupts-extended") == controllers.flatMap { [$0, 11, $0, 9] })
    #expect(soc.node("clint@2000000")?.cells("interrupts-extended") == controllers.flatMap { [$0, 3, $0, 7] })
    #expect(
      cpus.children[0].text("riscv,isa")
        == "rv64imafdch_zicbom_zicboz_zicntr_zicond_zicsr_zifencei_zihpm_zawrs_zba_zbb_zbs_sstc_svadu_svinval_svnapot")
    #expect(cpus.cells("timebase-frequency") == [10_000_000])
  }

  @Test("Phandles are unique")
  func phandles() {
    func collect(_ node: DeviceTreeNode) -> [UInt32] {
      (node.cells("phandle") ?? []) + node.children.flatMap(collect)
    }
    let all = collect(Self.tree(harts: 8).root)
    #expect(Set(all).count == all.count)
    #expect(all.count == 18)
  }

  @Test("A hart without Svadu says so")
  func svade() throws {
    var tree = Self.tree()
    tree.svade = true
    let isa = try #require(tree.root.node("cpus")?.node("cpu@0")?.text("riscv,isa"))
    #expect(isa.contains("_svade_") && !isa.contains("svadu"))
  }

  @Test("The kernel finds its arguments, its RAM disk and its console")
  func chosen() throws {
    let chosen = try #require(Self.tree().root.node("chosen"))
    #expect(chosen.text("bootargs") == "root=/dev/vda ro")
    #expect(chosen.text("stdout-path") == "/soc/serial@10000000")
    #expect(chosen.cells("linux,initrd-start") == [0, 0x8f00_0000])
    #expect(chosen.cells("linux,initrd-end") == [0, 0x8f12_3456])
  }

  @Test(
    "dtc accepts it without a warning", .enabled(if: findProgram("dtc") != nil, "dtc is not installed"),
    arguments: [1, 8])
  func compiler(harts: Int) throws {
    let dtc = try #require(findProgram("dtc"))
    let folder = try TemporaryFolder()
    let path = try folder.write(FlattenedDeviceTree.encode(Self.tree(harts: harts).root), to: "board.dtb")
    let result = try run(dtc, ["-I", "dtb", "-O", "dts", path])
    #expect(result.status == 0)
    #expect(result.errors == "")
    #expect(result.output.contains("compatible = \"ns16550a\""))
    #expect(result.output.contains("virtio_mmio@10008000"))
  }
}

extension DeviceTreeNode {
  func node(_ name: String) -> DeviceTreeNode? { children.first { $0.name == name } }

  func cells(_ name: String) -> [UInt32]? {
    guard let value = properties.first(where: { $0.name == name })?.value else { return nil }
    return stride(from: 0, to: value.count, by: 4).map { value[$0..<$0 + 4].reduce(0) { $0 << 8 | UInt32($1) } }
  }

  func text(_ name: String) -> String? {
    properties.first { $0.name == name }.map { String(decoding: $0.value.dropLast(), as: UTF8.self) }
  }
}

/// Reads what the writer wrote, following the specification and not the writer.
struct DeviceTreeReader {
  private let blob: [UInt8]
  private var strings = 0
  private var place = 0

  init?(_ blob: [UInt8]) {
    self.blob = blob
    guard word(0) == 0xd00d_feed, Int(word(4)) == blob.count, word(20) == 17, word(24) == 16 else { return nil }
    place = Int(word(8))
    strings = Int(word(12))
    // An empty list of reserved memory, aligned to 8; the blocks fill the blob.
    let reserved = Int(word(16))
    guard reserved % 8 == 0, blob[reserved..<reserved + 16].allSatisfy({ $0 == 0 }),
      place + Int(word(36)) == strings, strings + Int(word(32)) == blob.count
    else { return nil }
  }

  private func word(_ offset: Int) -> UInt32 { blob[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) } }

  private mutating func next() -> UInt32 {
    defer { place += 4 }
    return word(place)
  }

  private func text(at offset: Int) -> String {
    String(decoding: blob[offset...].prefix { $0 != 0 }, as: UTF8.self)
  }

  mutating func root() -> DeviceTreeNode? {
    guard next() == 1, let root = node(), next() == 9 else { return nil }
    return root
  }

  private mutating func node() -> DeviceTreeNode? {
    let name = text(at: place)
    place += (name.utf8.count + 4) / 4 * 4
    var node = DeviceTreeNode(name)
    while true {
      switch next() {
      case 1:
        guard let child = self.node() else { return nil }
        node.children.append(child)
      case 2: return node
      case 3:
        let count = Int(next())
        let name = text(at: strings + Int(next()))
        node.properties.append((name, Array(blob[place..<place + count])))
        place += (count + 3) / 4 * 4
      default: return nil
      }
    }
  }
}
