import Lockstep
import RISCV
import Testing

@Suite("CSR fields")
struct CSRFieldTests {
  @Test("Fields of a register do not overlap and come from the highest down")
  func apart() {
    for (number, name) in CSRName.all {
      var above = 64
      for field in CSRField.fields(of: number) {
        #expect(field.high < above && field.low <= field.high && field.low >= 0, "\(name).\(field.name)")
        above = field.low
      }
    }
  }

  @Test("Every bit that can be set in a register with fields belongs to one of them")
  func covered() throws {
    for (number, name) in CSRName.all {
      let fields = CSRField.fields(of: number)
      guard !fields.isEmpty else { continue }
      let hart = Hart(index: 0, memory: try PhysicalMemory(base: 0x8000_0000, size: 1 << 16))
      let before = hart.readCSR(number) ?? 0
      _ = hart.writeCSR(number, .max)
      let bits = before | (hart.readCSR(number) ?? 0)
      #expect(bits & ~fields.reduce(0) { $0 | $1.mask } == 0, "\(name)")
    }
  }

  @Test("No value of any field is without an answer, or a crash")
  func anyValue() {
    var generator = SeededGenerator(state: 8)
    for (number, _) in CSRName.all {
      for field in CSRField.fields(of: number) {
        for _ in 0..<50 {
          let register = UInt64.random(in: 0...UInt64.max, using: &generator)
          let top = register << UInt64(63 - field.high)
          #expect(field.value(in: register) == top >> UInt64(63 - field.high + field.low))
          _ = field.meaning(in: register)
          _ = field.meaning(of: register)
        }
      }
    }
    #expect(CSRField.fields(of: 0x5c0).isEmpty)
  }

  @Test(
    "Values mean what the specification says",
    arguments: [
      ("mstatus", "MPP", 1 << 11, "S"), ("mstatus", "MPP", 2 << 11, nil), ("mstatus", "FS", 3 << 13, "Dirty"),
      ("mstatus", "SXL", 2 << 34, "64 bits"), ("sstatus", "SPP", 0, "U"), ("mcause", "Code", 13, "load page fault"),
      ("mcause", "Code", 1 << 63 | 7, "machine timer interrupt"), ("scause", "Interrupt", 1 << 63, "interrupt"),
      ("scause", "Code", 10, "environment call from VS-mode"), ("scause", "Code", 14, nil),
      ("satp", "MODE", 9 << 60, "Sv48"),
      ("satp", "PPN", 0x80200, "root table at 0x80200000"),
      ("misa", "Extensions", 1 << 8 | 1 << 12, "IM"), ("mtvec", "BASE", 0x8000_0101, "0x80000100"),
      ("mtvec", "MODE", 0x8000_0101, "Vectored"), ("mie", "MTIE", 0x80, "machine timer interrupt"),
      ("sip", "SSIP", 2, "supervisor software interrupt"), ("medeleg", "cause8", 0x100, "environment call from U-mode"),
      ("pmpcfg0", "pmp1cfg", 0x9f00, "NAPOT rwx locked"), ("pmpcfg2", "pmp8cfg", 0x0b, "TOR rw-"),
      ("pmpaddr3", "address", 0x2000_0000, "0x80000000"), ("fcsr", "frm", 1 << 5, "RTZ, towards zero"),
      ("frm", "frm", 5, "reserved"), ("menvcfg", "CBIE", 1 << 4, "cbo.inval flushes"),
      ("mcounteren", "TM", 2, "time"),
    ] as [(String, String, UInt64, String?)])
  func meanings(register: String, field: String, value: UInt64, meaning: String?) throws {
    let number = try #require(CSRName.number(named: register))
    let found = try #require(CSRField.fields(of: number).first { $0.name == field })
    #expect(found.meaning(in: value) == meaning)
  }

  @Test("Registers of other privileges show only their own fields")
  func views() {
    func names(_ csr: CSR) -> [String] { CSRField.fields(of: csr.rawValue).map(\.name) }
    #expect(!names(.sstatus).contains("MPP") && names(.sstatus).contains("SUM"))
    #expect(names(.sie) == ["SEIE", "STIE", "SSIE"])
    #expect(!names(.senvcfg).contains("STCE"))
    #expect(names(.mcountinhibit) == ["HPM", "IR", "CY"])
  }
}
