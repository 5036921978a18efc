/// The Swift that is made from the instruction rows. `generate-instructions` writes it beside this file; a test compares.
package enum GeneratedSource {
  /// File names and their contents.
  package static var files: [(name: String, text: String)] {
    [
      ("OperationCode+Generated.swift", operationCode),
      ("Engine+BlockLoop+Generated.swift", blockLoop),
      ("Engine+Execute+Generated.swift", execute),
    ]
  }

  private static let rows = InstructionRow.all
  private static let notice =
    "// Made from the instruction rows by generate-instructions. Do not edit.\n// swift-format-ignore-file\n\n"

  /// Cases in the order of the rows, so that a row's position is its raw value; then the engine's own operations.
  private static var operationCode: String {
    let cases = rows.map { "  case \($0.identifier)\n" }.joined()
    let pairs = FusedPair.all.map { "  case \($0.identifier)\n" }.joined()
    let plain = (PlainCSR.codes + OperationRun.all.map(\.identifier)).map { "  case \($0)\n" }.joined()
    let counted = countedNames.map { "  case \($0)\n" }.joined()
    let ending =
      (rows.filter { $0.flow.endsBlock }.map(\.identifier) + ["blockEnd", "exit"]
      + countedNames.prefix(CountedEnd.rows.count + 1)).map { ".\($0)" }
    return notice + """
      /// What an operation does: the instructions in the order of their rows, then what the engine adds.
      enum OperationCode: UInt16 {
      \(cases)
        /// No instruction has this encoding.
        case illegal
        /// `slti x0, x0, N`: changes nothing, and is reported where somebody looks for it.
        case marker
        /// A breakpoint may stand here.
        case breakpoint
        /// The block ends without a jump.
        case blockEnd
        /// A shortened copy of a block ends.
        case exit
        /// A `bne` of translated code that finds out whether something is unusual: nothing of the guest's is done with it. It ends
        /// no block, unless it is taken.
        case check
        // Accesses to CSRs that stay in their block, and runs of accesses to memory.
      \(plain)
        // Two instructions in one dispatch; the second keeps its place and its own operation.
      \(pairs)
        // Ends of blocks of translated code.
      \(counted)
        /// Nothing follows it in its block.
        var endsBlock: Bool {
          switch self {
          case \(wrapped(ending, indent: 8)): true
          default: false
          }
        }
      }

      """
  }

  /// Names in the order of ``CountedEnd``.
  private static var countedNames: [String] {
    (["blockEnd"] + CountedEnd.rows.map { rows[$0].identifier } + CountedEnd.pairs.map { FusedPair.all[$0].identifier })
      .map(CountedEnd.identifier)
  }

  /// Joins with commas, in lines of at most 110 characters.
  private static func wrapped(_ items: [String], indent: Int) -> String {
    var lines = [""]
    for (index, item) in items.enumerated() {
      let piece = index + 1 < items.count ? item + ", " : item
      if lines[lines.count - 1].count + piece.count > 100 { lines.append("") }
      lines[lines.count - 1] += piece
    }
    return lines.map { $0.last == " " ? String($0.dropLast()) : $0 }
      .joined(separator: "\n" + String(repeating: " ", count: indent))
  }

  private static func caseText(_ name: String, _ body: [String]) -> String {
    "          case .\(name):\n" + body.map { "            \($0)\n" }.joined()
  }

  /// What the block loop does for an instruction: to the next operation, or to the end of the block.
  private static func body(_ row: InstructionRow, isCounted: Bool = false) -> [String] {
    let settling = isCounted ? ["budget &+= op.settle()"] : []
    let call = "Execute.\(row.identifier)(h, op.pointee"
    switch row.flow {
    case .next: return ["\(call))", "op += 1"]
    case .usesPC: return ["\(call), op.address(pc))", "op += 1"]
    case .mayDepart: return ["try \(call))", "op += 1"]
    case .branch: return ["(from, pc, link) = branch(op, pc, \(call)))"] + settling + ["break operations"]
    case .jump: return ["(from, pc, link) = jump(h, op, pc)"] + settling + ["break operations"]
    case .indirectJump:
      return ["pc = indirectJump(h, op, pc)"] + settling + [
        "guard let next = known(h, pc) else {",
        "  h.leave(pc, budget)",
        "  return .recheck",
        "}",
        "op = next",
        "budget &-= op.blockWeight",
        "if budget < 0 {",
        "  h.leave(pc, budget &+ op.blockWeight)",
        "  return .budget",
        "}",
      ]
    case .system:
      return [
        "h.enterSystem(op, pc, budget)",
        "try \(call))",
        "from = h.s.pointee.pc",
        "pc = h.s.pointee.nextPC",
        "if op.pointee.isAccounted { budget &+= op.settle() }",
        "if h.s.pointee.recheck {",
        "  h.leave(pc, budget)",
        "  return .recheck",
        "}",
        "link = op.link(false)",
        "break operations",
      ]
    }
  }

  private static var blockLoop: String {
    let single = rows.map { row in caseText(row.identifier, body(row)) }
    let fused = FusedPair.all.map { pair in
      caseText(pair.identifier, body(rows[pair.first]) + body(rows[pair.second]))
    }
    let plain = PlainCSR.codes.map { caseText($0, ["try PlainCSR.\($0)(h, op.pointee)", "op += 1"]) }
    let runs = OperationRun.all.map { run in
      let first = body(rows.first { $0.name == run.operations[0] }!)
      let jump = run.isBeforeJump ? body(rows.first { $0.name == "jalr" }!, isCounted: true) : []
      return caseText(
        run.identifier,
        ["if \(run.type).\(run.identifier)(h, op) {", "  op += \(run.operations.count)"] + jump.map { "  \($0)" }
          + ["} else {"] + first.map { "  \($0)" } + ["}"])
    }
    let counted =
      CountedEnd.rows.map { caseText(CountedEnd.identifier(rows[$0].identifier), body(rows[$0], isCounted: true)) }
      + CountedEnd.pairs.map {
        let pair = FusedPair.all[$0]
        return caseText(
          CountedEnd.identifier(pair.identifier), body(rows[pair.first]) + body(rows[pair.second], isCounted: true))
      }
    let cases = (single + plain + runs + fused + counted).joined()
    return notice + """
      extension Engine {
        /// Runs decoded blocks, one after the other, from the first operation of `first` at the hart's `pc`. The caller has
        /// seen that the budget covers the first block.
        @inline(never)
        static func runBlocks(_ h: HartPointer, _ first: BlockCache.Block) -> BlockExit {
          // Address of the block that runs, and of the instruction that jumped to it.
          var pc = h.s.pointee.pc
          var from = pc
          // What is left when this block is done.
          var budget = LoopBudget.of(h.s.pointee.budget) &- first.blockWeight
          var op = first
          var link: BlockCache.Link
          do throws(Departure) {
            while true {
              operations: while true {
                switch op.pointee.code {
      \(cases)          case .illegal: throw Departure.trap(Trap(.illegalInstruction))
                case .marker:
                  try Execute.marker(h, op.pointee)
                  op += 1
                case .breakpoint:
                  h.leave(op.address(pc), budget &+ abandon(op))
                  return .breakpoint
                case .blockEnd:
                  from = pc
                  pc = op.address(pc)
                  link = op.link(false)
                  break operations
                case .countedBlockEnd:
                  from = pc
                  pc = op.address(pc)
                  link = op.link(false)
                  budget &+= op.settle()
                  break operations
                case .exit:
                  h.leave(op.address(pc), budget &+ Int(op.pointee.imm))
                  return .budget
                case .check:
                  if Execute.bne(h, op.pointee) {
                    h.leave(op.address(pc) &+ UInt64(bitPattern: op.pointee.imm), budget &+ abandon(op + 1))
                    return .recheck
                  }
                  op += 1
                }
              }
              guard let next = next(h, from: from, to: pc, link) else {
                h.leave(pc, budget)
                return .recheck
              }
              op = next
              budget &-= op.blockWeight
              if budget < 0 {
                h.leave(pc, budget &+ op.blockWeight)
                return .budget
              }
            }
          } catch {
            h.leave(op.address(pc), budget &+ abandon(op))
            switch error {
            case .step: return .step
            case .trap(let trap):
              h.take(trap)
              return .recheck
            }
          }
        }
      }

      """
  }

  private static var execute: String {
    let cases = rows.map { row in
      let call = "Execute.\(row.identifier)(h, op"
      let body =
        switch row.flow {
        case .next: "\(call))"
        case .usesPC: "\(call), h.s.pointee.pc)"
        case .mayDepart, .system: "try \(call))"
        case .branch: "if \(call)) { h.s.pointee.nextPC = h.s.pointee.pc &+ UInt64(bitPattern: op.imm) }"
        case .jump: "stepJump(h, op, to: h.s.pointee.pc &+ UInt64(bitPattern: op.imm))"
        case .indirectJump: "stepJump(h, op, to: (h.rs1(op) &+ UInt64(bitPattern: op.imm)) & ~1)"
        }
      return "    case .\(row.identifier): \(body)\n"
    }.joined()
    return notice + """
      extension Engine {
        /// Executes one operation at the hart's `pc`; where it goes on is left in `nextPC`.
        @inline(never)
        static func execute(_ h: HartPointer, _ op: DecodedOperation) throws(Departure) {
          switch op.code {
      \(cases)    case .marker: try Execute.marker(h, op)
          default: throw .trap(Trap(.illegalInstruction))
          }
        }
      }

      """
  }
}

extension InstructionRow.Flow {
  /// Nothing follows it in its block.
  var endsBlock: Bool {
    switch self {
    case .next, .usesPC, .mayDepart: false
    case .branch, .jump, .indirectJump, .system: true
    }
  }
}
