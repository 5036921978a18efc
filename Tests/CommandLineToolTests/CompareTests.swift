import Foundation
import Guests
import Hypervisor
import Machine
import RISCV
import SystemPackage
import Testing

@Suite("vitrine compare", .serialized)
struct CompareTests {
  /// A file of its own for a test, which goes with it.
  private final class File {
    let path: String
    init(_ ending: String) { path = NSTemporaryDirectory() + "vitrine-\(UUID().uuidString).\(ending)" }
    var data: Data { get throws { try #require(FileManager.default.contents(atPath: path)) } }
    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  /// The cells of the first row of a table that has this name.
  private func row(_ name: String, _ output: String) -> [String] {
    output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }.first { $0.first == name } ?? []
  }

  @Test("A column for each technique: what the guest did is the same, what it cost is not")
  func table() throws {
    let (json, csv) = (File("json"), File("csv"))
    let outcome = try vitrine([
      "compare", "hello", "--techniques", "native,emulation,trap-and-emulate", "--json", json.path, "--csv", csv.path,
    ])
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let retired = row("retired", outcome.output)
    #expect(retired.count == 4 && Set(retired.dropFirst()).count == 1)
    #expect(row("slowdown", outcome.output)[1] == "1.000")
    #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 100 })

    // What the files say is what the table says, and adds up.
    let object = try #require(try JSONSerialization.jsonObject(with: json.data) as? [String: Any])
    let columns = try #require(object["columns"] as? [[String: Any]])
    #expect(columns.map { $0["technique"] as? String } == ["native", "emulation", "trap-and-emulate"])
    #expect(Set(columns.map { $0["digest"] as? String }).count == 1)
    let cycles = row("host-cycles", outcome.output).dropFirst().map { Int($0.filter { $0 != "," }) }
    for (column, cycles) in zip(columns, cycles) {
      let rows = try #require(column["rows"] as? [String: Any])
      #expect(rows["host-cycles"] as? Int == cycles)
      let ledger = try #require(column["ledger"] as? [[String: Any]])
      #expect(ledger.compactMap { $0["cycles"] as? Int }.reduce(0, +) == cycles)
      for prefix in ["layer.", "stage."] {
        let parts = rows.filter { $0.key.hasPrefix(prefix) }.compactMap { $0.value as? Int }
        #expect(parts.reduce(0, +) == cycles, "\(prefix)")
      }
    }
    let lines = String(decoding: try csv.data, as: UTF8.self).split(separator: "\n")
    #expect(lines[0] == "row,native,emulation,trap-and-emulate")
    #expect(lines.contains("retired," + retired.dropFirst().map { $0.filter { $0 != "," } }.joined(separator: ",")))
  }

  @Test("A guest that has said the text of --until may wait for ever")
  func until() throws {
    let outcome = try vitrine(["compare", "boot", "--until", "$ ", "--techniques", "native,trap-and-emulate"])
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
  }

  @Test("--explain opens a number: counts times prices make its sum, and the prices have sources")
  func explain() throws {
    let outcome = try vitrine([
      "compare", "hello", "--techniques", "native,trap-and-emulate", "--explain", "monitor", "--explain", "exits.all",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let monitor = row("monitor", outcome.output)
    #expect(outcome.output.contains("trap-and-emulate: \(monitor[2]) cycles\n"))
    let products = outcome.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
      .filter { $0.count == 8 && $0[4] == "x" }
    func number(_ text: String) -> Int { Int(text.filter { $0 != "," }) ?? -1 }
    #expect(products.count > 5)
    for line in products { #expect(number(line[3]) * number(line[5]) == number(line[7])) }
    #expect(products.reduce(0) { $0 + number($1[7]) } == number(monitor[2]))
    #expect(outcome.output.contains("calibrated: an emulated instruction is 2000 in all"))
    #expect(outcome.output.contains("VM-EXIT     Samples Samples%    Time%         Min         Max           Avg"))
  }

  @Test("What lies between markers has a row, which opens into counts times prices, and stands in the files")
  func regions() throws {
    let (json, csv) = (File("json"), File("csv"))
    let outcome = try vitrine([
      "compare", "nano", "--techniques", "native,trap-and-emulate", "--explain", "sie", "--json", json.path, "--csv",
      csv.path,
    ])
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    // An emulated CSR access is 2000 in all, which no price says.
    #expect(row("sie", outcome.output) == ["sie", "1.0", "2,000.0"])
    #expect(outcome.output.contains("2,000,000 cycles / 1,000 times; at least 2,000, at most 2,000"))
    #expect(String(decoding: try csv.data, as: UTF8.self).contains("\nregion.sie,1.000,2000.000\n"))
    let object = try #require(try JSONSerialization.jsonObject(with: json.data) as? [String: Any])
    for column in try #require(object["columns"] as? [[String: Any]]) {
      let regions = try #require(column["regions"] as? [[String: Any]])
      #expect(regions.count > 10)
      for region in regions {
        let ledger = try #require(region["ledger"] as? [[String: Any]])
        #expect(ledger.compactMap { $0["cycles"] as? Int }.reduce(0, +) == region["cycles"] as? Int)
      }
    }
  }

  @Test("Nested paging on a machine that had none is said to be what might have been")
  func counterfactual() throws {
    let arguments = ["compare", "hello", "--techniques", "native,hardware-assisted", "--costs"]
    #expect(try vitrine(arguments + ["pentium4-2005"]).output.contains("is what might have been"))
    #expect(try !vitrine(arguments + ["riscv"]).output.contains("might have been"))
  }

  @Test("--html: one page that needs nothing else, with a table for every picture and the numbers of the table")
  func page() throws {
    let html = File("html")
    let outcome = try vitrine(["compare", "nano", "--techniques", "native,trap-and-emulate", "--html", html.path])
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let page = String(decoding: try html.data, as: UTF8.self)
    for absent in ["http", "<script", "<link", "@import", "src="] { #expect(!page.contains(absent), "\(absent)") }
    for tag in ["svg", "table", "figure", "section", "div", "text", "tr"] {
      let opened = page.components(separatedBy: "<\(tag)").dropFirst().count { [" ", ">"].contains($0.prefix(1)) }
      #expect(opened > 0 && opened == page.components(separatedBy: "</\(tag)>").count - 1, "\(tag)")
    }
    let pictures = page.components(separatedBy: "<svg role=\"img\" aria-labelledby=").count - 1
    #expect(pictures == 6 && page.components(separatedBy: "<desc id=").count - 1 == pictures)
    for name in ["host-cycles", "monitor", "csr-access", "by-monitor", "sie"] {
      for cell in row(name, outcome.output).dropFirst() {
        #expect(page.contains("<td>\(cell)</td>"), "\(name) \(cell)")
      }
    }
  }

  @Test(
    "The run in stretches: equal ones, which add up to the ledger; and being looked at in between costs nothing",
    arguments: [("pagefaults", 1), ("forkwait", 1), ("smp", 3)])
  func timeline(guest: String, harts: Int) throws {
    let (json, html) = (File("json"), File("html"))
    let outcome = try vitrine([
      "compare", guest, "--harts", "\(harts)", "--json", json.path, "--html", html.path,
    ])
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let page = String(decoding: try html.data, as: UTF8.self)
    let object = try #require(try JSONSerialization.jsonObject(with: json.data) as? [String: Any])
    let columns = try #require(object["columns"] as? [[String: Any]])
    #expect(columns.count == 6)
    for column in columns {
      let technique = try Technique(parsing: try #require(column["technique"] as? String))
      let ledger = try #require(column["ledger"] as? [[String: Any]])
      let stretches = try #require(column["timeline"] as? [[String: Any]])
      func number(_ object: [String: Any], _ name: String) -> Int { object[name] as? Int ?? -1 }
      func sum(_ objects: [[String: Any]], _ names: String...) -> Int {
        objects.reduce(0) { sum, object in names.reduce(sum) { $0 + number(object, $1) } }
      }
      let busy = ledger.filter { $0["action"] as? String != "wait" }
      #expect(sum(stretches, "guest", "translator", "monitor", "hardware") == sum(busy, "cycles"), "\(technique)")
      let translated = ledger.filter { $0["action"] as? String == "translate-instruction" }
      #expect(sum(stretches, "translator") == sum(translated, "cycles"), "\(technique)")
      #expect((sum(translated, "cycles") > 0) == (technique.kind == .binaryTranslation))
      #expect(page.contains("<caption>\(technique): host cycles in stretches") == technique.hasExits)

      let borders = [0] + stretches.map { number($0, "end") }
      #expect(stretches.map { number($0, "start") } == borders.dropLast(), "\(technique)")
      let lengths = zip(borders.dropFirst(), borders).map { $0 - $1 }
      #expect(lengths.count > 12 && Set(lengths.dropLast()).count == 1 && lengths[0] >= lengths.last!, "\(technique)")

      // In one go, with nobody looking.
      var configuration = MachineConfiguration()
      configuration.program = FilePath(try #require(Guests.image(named: guest)))
      configuration.hartCount = harts
      let virtual = try VirtualMachine(configuration, technique: technique)
      #expect(virtual.machine.run() == .exited(.success))
      #expect(Int(virtual.machine.position) == borders.last, "\(technique)")
      let digest = try #require(column["digest"] as? String)
      #expect(UInt64(digest.dropFirst(2), radix: 16) == virtual.machine.digest(), "\(technique)")
      let alone = virtual.ledgers.reduce(0) { $0 + $1.sum { $0.action != .wait }.cycles }
      #expect(Int(alone) == sum(busy, "cycles"), "\(technique)")
    }
  }

  @Test("A file that cannot be written is refused before the guest runs, and one that is there stays as it was")
  func unwritable() throws {
    for (path, text) in [
      ("/nowhere/page.html", "nothing was run"), (NSTemporaryDirectory(), "that is a folder"), ("", "name a file"),
    ] {
      let outcome = try vitrine(["compare", "hello", "--html", path])
      #expect(
        outcome.status == 1 && outcome.output.isEmpty && outcome.errors.contains(text), "\(path): \(outcome.errors)")
    }
    let html = File("html")
    try Data("old".utf8).write(to: URL(fileURLWithPath: html.path))
    let outcome = try vitrine(["compare", "hello", "--html", html.path, "--csv", "/nowhere/table.csv"])
    #expect(outcome.status == 1 && outcome.errors.contains("/nowhere/table.csv"))
    #expect(try html.data == Data("old".utf8))
  }

  @Test("A guest that fails under one technique only: status 4, and the first instruction that makes a difference")
  func disagreement() throws {
    let outcome = try vitrine([
      "compare", "sensitive", "--quirk", "csr-write-ignored", "--techniques", "native,emulation,trap-and-emulate",
    ])
    #expect(outcome.status == 4)
    #expect(outcome.errors.contains("the techniques disagree: "), "\(outcome.errors)")
    #expect(outcome.errors.contains("DIFFERENT: trap-and-emulate from native, at N="))
    #expect(row("retired", outcome.output).count == 4)
  }

  @Test("Without a choice all techniques run; large leaves need fewer references")
  func leaves() throws {
    let references = try ["4K", "2M"].map { leaf in
      let outcome = try vitrine(["compare", "nano", "--leaf", leaf])
      #expect(outcome.status == 0, "\(outcome.errors)")
      let retired = row("retired", outcome.output)
      #expect(retired.count == 7 && Set(retired.dropFirst()).count == 1)
      return Int(row("guest-stage", outcome.output).last?.filter { $0 != "," } ?? "") ?? 0
    }
    #expect(references[1] > 0 && references[1] < references[0])
  }

  @Test(
    "On a narrow terminal columns that find no room stand below, and all numbers are those of a wide one",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"), "there is no program script"))
  func narrow() throws {
    func lines(columns: Int) throws -> [String] {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/script")
      let command = "stty cols \(columns) rows 24; '\(try vitrineProgram().path)' compare hello 2>/dev/null"
      process.arguments = ["-qec", command, "/dev/null"]
      let output = Pipe()
      (process.standardInput, process.standardOutput) = (FileHandle.nullDevice, output)
      try process.run()
      let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      return text.split(whereSeparator: \.isNewline).map(String.init)
    }
    func cells(_ name: String, _ lines: [String]) -> [String] {
      lines.map { $0.split(separator: " ").map(String.init) }.filter { $0.first == name }.flatMap { $0.dropFirst() }
    }
    let (wide, narrow) = (try lines(columns: 120), try lines(columns: 80))
    #expect(wide.allSatisfy { $0.count <= 120 } && narrow.allSatisfy { $0.count <= 80 })
    #expect(wide.contains { $0.count > 80 } && narrow.count > wide.count)
    for name in ["retired", "host-cycles", "slowdown", "hidden-fault", "by-monitor", "translate-instruction"] {
      #expect(cells(name, narrow) == cells(name, wide) && cells(name, wide).count % 6 == 0, "\(name)")
    }
  }

  @Test("Prices are taken from another preset or a file")
  func prices() throws {
    let costs = File("costs")
    let text = try vitrine(["costs"]).output.split(separator: "\n").map { line in
      line.hasPrefix("interpret ") ? "interpret 1000" : line.hasPrefix(" ") ? "" : String(line)
    }
    try text.joined(separator: "\n").write(toFile: costs.path, atomically: true, encoding: .utf8)
    let arguments = ["compare", "hello", "--techniques", "emulation", "--explain", "interpret", "--costs"]
    for (costs, price) in [(costs.path, "1,000"), ("pentium4-2005", "240")] {
      let outcome = try vitrine(arguments + [costs])
      #expect(outcome.output.contains(try Regex("  x +\(price)  =")), "\(outcome.output)")
    }
  }

  @Test("A region's mean is what `$_region` gives at the prompt")
  func regionsAtThePrompt() throws {
    let techniques = ["native", "emulation", "trap-and-emulate", "hardware-assisted"]
    let names = ["syscall", "device", "pagefault", "ptemod", "chase"]
    let table = try vitrine(["compare", "nano", "--techniques", techniques.joined(separator: ",")])
    for (index, technique) in techniques.enumerated() {
      let prints = names.flatMap { ["-ex", "printf \"%.1f\\n\", $_region(\"\($0)\")"] }
      let outcome = try vitrine(
        ["debug", "nano", "--technique", technique, "--quiet", "--batch", "-ex", "run"] + prints)
      let printed = outcome.output.split(separator: "\n").suffix(names.count).map(String.init)
      #expect(printed == names.map { row($0, table.output)[index + 1].filter { $0 != "," } }, "\(technique)")
    }
  }

  @Test("A guest that never ends stops at the limit, with status 3 and the table of what it did")
  func limit() throws {
    let outcome = try vitrine([
      "compare", "boot", "--techniques", "native,trap-and-emulate", "--max-instructions", "200000",
    ])
    #expect(outcome.status == 3 && outcome.errors.contains("stopped at the limit of instructions"))
    #expect(Set(row("retired", outcome.output).dropFirst()).count == 1)
  }

  @Test("A size of the cache is a number of bytes, with or without a unit", arguments: ["8388608", "8192K", "8M"])
  func cacheSize(size: String) throws {
    let arguments = ["compare", "hello", "--techniques", "binary-translation", "--cache-size"]
    let outcome = try vitrine(arguments + [size])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output == (try vitrine(arguments + ["8M"])).output)
  }

  @Test(
    "What is wrong is named",
    arguments: [
      (["hello", "--techniques", "native,magic"], 64, "there is no technique \"magic\""),
      (["hello", "--techniques", "native,,emulation"], 64, "there is no technique \"\""),
      (["hello", "--techniques", "native,native"], 64, "named twice"),
      (["hello", "--techniques", "dynamic-translation"], 64, "there is no technique"),
      (["hello", "--costs", "vax"], 64, "there is no cost model \"vax\""),
      (["hello", "--costs", "./none.costs"], 1, "none.costs"),
      (["hello", "--leaf", "1G"], 64, "4K or 2M"), (["hello", "--technique", "emulation"], 64, "takes --techniques"),
      (["hello", "--explain", "magic"], 64, "there is no such row"),
      (["hello", "--disk", "x,rw"], 64, "leave ,rw out"), (["hello", "--stats"], 64, "vitrine run"),
      ([], 64, "Nothing to run"), (["hello", "--cache-size", "5000"], 64, "whole pages of 4 KiB, from 4K to 32M"),
      (["hello", "--cache-size", ""], 64, "--cache-size '': it is a number of bytes"),
      (["hello", "--cache-size", "0"], 64, "from 4K"), (["hello", "--cache-size", "64M"], 64, "to 32M"),
      (["hello", "--cache-size", "99999999999999999999G"], 64, "to 32M"),
    ] as [([String], Int32, String)])
  func refused(arguments: [String], status: Int32, text: String) throws {
    let outcome = try vitrine(["compare"] + arguments)
    #expect(outcome.status == status)
    #expect(outcome.errors.contains(text), "\(outcome.errors)")
  }
}
