import Foundation
import Machine
import RISCV
import Testing
import Trace

@Suite("Traces")
struct TraceTests {
  @Test(
    "OBSERVATION-IS-FREE: the digest is the same with and without a trace", arguments: ["hello", "timer", "smp"],
    [1, 3])
  func observationIsFree(guest: String, harts: Int) throws {
    for format in TraceFormat.allCases { try observe(guest, harts, format) }
  }

  private func observe(_ guest: String, _ harts: Int, _ format: TraceFormat) throws {
    let plain = try Traced.machine(guest, harts: harts)
    let traced = try Traced.machine(guest, harts: harts)
    let output = MemoryOutput()
    let recorder = TraceRecorder(format, output)
    recorder.attach(to: traced)
    for stride in [1, 999, 20_000, 30_000] as [UInt64] {
      let (one, other) = (plain.run(stepLimit: stride), traced.run(stepLimit: stride))
      #expect(one == other)
      #expect(plain.position == traced.position)
      #expect(plain.clock == traced.clock)
      #expect(plain.digest() == traced.digest(), "at \(plain.position)")
      if one != .limit { break }
    }
    try recorder.finish()
    #expect(output.isClosed && recorder.byteCount == UInt64(output.bytes.count))
    if format == .commitLog { #expect(UInt64(output.lines.count) == traced.position) }
  }

  @Test("Every line is a JSON object, and the lines tell the state of the registers", arguments: [1, 3])
  func jsonTellsTheState(harts: Int) throws {
    let machine = try Traced.machine(harts == 1 ? "hello" : "smp", harts: harts)
    let output = MemoryOutput()
    let recorder = TraceRecorder(.jsonLines, output)
    recorder.attach(to: machine)
    _ = machine.run(limit: 30_000)
    try recorder.finish()
    var x = [[String: String]](repeating: [:], count: harts)
    var csr = x
    var n: UInt64 = 0
    for (index, line) in output.lines.enumerated() {
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
      if index == 0 {
        #expect(object["vitrine-trace"] as? Int == 1)
        #expect(object["harts"] as? Int == harts)
        continue
      }
      let hart = try #require(object["hart"] as? Int)
      #expect(object["n"] as? UInt64 == n)
      if object["bits"] != nil { n += 1 }
      x[hart].merge(object["x"] as? [String: String] ?? [:]) { $1 }
      csr[hart].merge(object["csr"] as? [String: String] ?? [:]) { $1 }
    }
    #expect(n == machine.position)
    for hart in machine.harts {
      for number in 1..<32 {
        let text = x[hart.index][RegisterName.abiX[number]] ?? "0x0"
        #expect(text == "0x" + String(hart.x(number), radix: 16), "hart \(hart.index) x\(number)")
      }
      for name in ["mstatus", "mepc", "mcause", "mtval", "sepc", "scause", "stval", "satp", "mie", "stvec", "sscratch"]
      {
        let value = try #require(CSRName.number(named: name).flatMap { hart.readCSR($0) })
        guard let text = csr[hart.index][name] else { continue }
        #expect(text == "0x" + String(value, radix: 16), "hart \(hart.index) \(name)")
      }
    }
  }

  @Test("Stores in the trace leave memory as the guest has it, and loads read what was stored")
  func memoryEffects() throws {
    let machine = try Traced.machine("hello")
    let output = MemoryOutput()
    let recorder = TraceRecorder(.jsonLines, output)
    recorder.attach(to: machine)
    _ = machine.run()
    try recorder.finish()
    var bytes: [UInt64: UInt8] = [:]
    func number(_ text: Any?) throws -> UInt64 {
      let text = try #require(text as? String)
      return try #require(UInt64(text.dropFirst(2), radix: 16))
    }
    for line in output.lines where line.contains("\"mem\"") {
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let accesses = try #require(object["mem"] as? [[String: Any]])
      for access in accesses {
        let (address, value) = (try number(access["physical"]), try number(access["value"]))
        guard address >= MemoryMap.memory else { continue }
        let width = try #require(access["width"] as? Int)
        for index in 0..<UInt64(width) {
          let byte = UInt8(truncatingIfNeeded: value >> (8 * index))
          if access["load"] != nil {
            #expect(bytes[address + index] ?? byte == byte, "\(line)")
          } else {
            bytes[address + index] = byte
          }
        }
      }
    }
    #expect(bytes.count > 100)
    for (address, byte) in bytes {
      #expect(machine.memory.load(GuestPhysicalAddress(address), as: UInt8.self) == byte)
    }
  }

  @Test("A marker is told with its instruction")
  func markers() throws {
    let machine = try Traced.machine("hello")
    // slti x0, x0, 7; slti x0, x0, -7
    machine.memory.store(UInt64(0xff90_2013_0070_2013), to: GuestPhysicalAddress(0x8000_0000))
    let output = MemoryOutput()
    let recorder = TraceRecorder(.jsonLines, output)
    recorder.attach(to: machine)
    _ = machine.run(stepLimit: 30)
    try recorder.finish()
    let marked = output.lines.filter { $0.contains("marker") }
    #expect(marked.count == 2)
    #expect(marked.first?.hasSuffix("\"bits\":\"0x702013\",\"marker\":7}") ?? false, "\(marked)")
    #expect(marked.last?.hasSuffix("\"bits\":\"0xff902013\",\"marker\":-7}") ?? false)
  }

  @Test("A full disk ends the run soon, with an error, and nothing more is written", arguments: TraceFormat.allCases)
  func fullDisk(format: TraceFormat) throws {
    let machine = try Traced.machine("integer-mix")
    let output = MemoryOutput(capacity: 1_000_000)
    let recorder = TraceRecorder(format, output)
    recorder.attach(to: machine)
    #expect(machine.run(stepLimit: 10_000_000) == .requested)
    #expect(recorder.error == .file(path: "memory", reason: "No space left on device"))
    #expect(throws: TraceError.file(path: "memory", reason: "No space left on device")) { try recorder.finish() }
    #expect(output.largestWrite <= 1 << 18)
  }

  @Test(
    "A request names a file and a format",
    arguments: [
      ("a.jsonl", "a.jsonl", TraceFormat.jsonLines), ("a,format=commit-log", "a", .commitLog),
      ("a,b,format=jsonl", "a,b", .jsonLines),
    ])
  func request(text: String, path: String, format: TraceFormat) throws {
    let request = try TraceRequest(parsing: text)
    #expect(request.path == path && request.format == format)
  }

  @Test("A request without a file, or for another format, is refused")
  func badRequest() {
    #expect(throws: TraceError.noFile) { try TraceRequest(parsing: "") }
    #expect(throws: TraceError.noFile) { try TraceRequest(parsing: ",format=jsonl") }
    #expect(throws: TraceError.unknownFormat("xml")) { try TraceRequest(parsing: "a,format=xml") }
  }
}
