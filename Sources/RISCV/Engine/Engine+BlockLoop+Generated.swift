// Made from the instruction rows by generate-instructions. Do not edit.
// swift-format-ignore-file

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
          case .lui:
            Execute.lui(h, op.pointee)
            op += 1
          case .auipc:
            Execute.auipc(h, op.pointee, op.address(pc))
            op += 1
          case .jal:
            (from, pc, link) = jump(h, op, pc)
            break operations
          case .jalr:
            pc = indirectJump(h, op, pc)
            guard let next = known(h, pc) else {
              h.leave(pc, budget)
              return .recheck
            }
            op = next
            budget &-= op.blockWeight
            if budget < 0 {
              h.leave(pc, budget &+ op.blockWeight)
              return .budget
            }
          case .beq:
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            break operations
          case .bne:
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            break operations
          case .blt:
            (from, pc, link) = branch(op, pc, Execute.blt(h, op.pointee))
            break operations
          case .bge:
            (from, pc, link) = branch(op, pc, Execute.bge(h, op.pointee))
            break operations
          case .bltu:
            (from, pc, link) = branch(op, pc, Execute.bltu(h, op.pointee))
            break operations
          case .bgeu:
            (from, pc, link) = branch(op, pc, Execute.bgeu(h, op.pointee))
            break operations
          case .lb:
            try Execute.lb(h, op.pointee)
            op += 1
          case .lh:
            try Execute.lh(h, op.pointee)
            op += 1
          case .lw:
            try Execute.lw(h, op.pointee)
            op += 1
          case .ld:
            try Execute.ld(h, op.pointee)
            op += 1
          case .lbu:
            try Execute.lbu(h, op.pointee)
            op += 1
          case .lhu:
            try Execute.lhu(h, op.pointee)
            op += 1
          case .lwu:
            try Execute.lwu(h, op.pointee)
            op += 1
          case .sb:
            try Execute.sb(h, op.pointee)
            op += 1
          case .sh:
            try Execute.sh(h, op.pointee)
            op += 1
          case .sw:
            try Execute.sw(h, op.pointee)
            op += 1
          case .sd:
            try Execute.sd(h, op.pointee)
            op += 1
          case .addi:
            Execute.addi(h, op.pointee)
            op += 1
          case .slti:
            Execute.slti(h, op.pointee)
            op += 1
          case .sltiu:
            Execute.sltiu(h, op.pointee)
            op += 1
          case .xori:
            Execute.xori(h, op.pointee)
            op += 1
          case .ori:
            Execute.ori(h, op.pointee)
            op += 1
          case .andi:
            Execute.andi(h, op.pointee)
            op += 1
          case .slli:
            Execute.slli(h, op.pointee)
            op += 1
          case .srli:
            Execute.srli(h, op.pointee)
            op += 1
          case .srai:
            Execute.srai(h, op.pointee)
            op += 1
          case .add:
            Execute.add(h, op.pointee)
            op += 1
          case .sub:
            Execute.sub(h, op.pointee)
            op += 1
          case .sll:
            Execute.sll(h, op.pointee)
            op += 1
          case .slt:
            Execute.slt(h, op.pointee)
            op += 1
          case .sltu:
            Execute.sltu(h, op.pointee)
            op += 1
          case .xor:
            Execute.xor(h, op.pointee)
            op += 1
          case .srl:
            Execute.srl(h, op.pointee)
            op += 1
          case .sra:
            Execute.sra(h, op.pointee)
            op += 1
          case .or:
            Execute.or(h, op.pointee)
            op += 1
          case .and:
            Execute.and(h, op.pointee)
            op += 1
          case .addiw:
            Execute.addiw(h, op.pointee)
            op += 1
          case .slliw:
            Execute.slliw(h, op.pointee)
            op += 1
          case .srliw:
            Execute.srliw(h, op.pointee)
            op += 1
          case .sraiw:
            Execute.sraiw(h, op.pointee)
            op += 1
          case .addw:
            Execute.addw(h, op.pointee)
            op += 1
          case .subw:
            Execute.subw(h, op.pointee)
            op += 1
          case .sllw:
            Execute.sllw(h, op.pointee)
            op += 1
          case .srlw:
            Execute.srlw(h, op.pointee)
            op += 1
          case .sraw:
            Execute.sraw(h, op.pointee)
            op += 1
          case .fenceTso:
            Execute.fenceTso(h, op.pointee)
            op += 1
          case .fence:
            Execute.fence(h, op.pointee)
            op += 1
          case .fenceI:
            h.enterSystem(op, pc, budget)
            try Execute.fenceI(h, op.pointee)
            from = h.s.pointee.pc
            pc = h.s.pointee.nextPC
            if op.pointee.isAccounted { budget &+= op.settle() }
            if h.s.pointee.recheck {
              h.leave(pc, budget)
              return .recheck
            }
            link = op.link(false)
            break operations
          case .ecall:
            h.enterSystem(op, pc, budget)
            try Execute.ecall(h, op.pointee)
            from = h.s.pointee.pc
            pc = h.s.pointee.nextPC
            if op.pointee.isAccounted { budget &+= op.settle() }
            if h.s.pointee.recheck {
              h.leave(pc, budget)
              return .recheck
            }
            link = op.link(false)
            break operations
          case .ebreak:
            h.enterSystem(op, pc, budget)
            try Execute.ebreak(h, op.pointee)
            from = h.s.pointee.pc
            pc = h.s.pointee.nextPC
            if op.pointee.isAccounted { budget &+= op.settle() }
            if h.s.pointee.recheck {
              h.leave(pc, budget)
              return .recheck
            }
            link = op.link(false)
            break operations
          case .czeroEqz:
            Execute.czeroEqz(h, op.pointee)
            op += 1
          case .czeroNez:
            Execute.czeroNez(h, op.pointee)
            op += 1
          case .mul:
            Execute.mul(h, op.pointee)
            op += 1
          case .mulh:
            Execute.mulh(h, op.pointee)
            op += 1
          case .mulhsu:
            Execute.mulhsu(h, op.pointee)
            op += 1
          case .mulhu:
            Execute.mulhu(h, op.pointee)
            op += 1
          case .div:
            Execute.div(h, op.pointee)
            op += 1
          case .divu:
            Execute.divu(h, op.pointee)
            op += 1
          case .rem:
            Execute.rem(h, op.pointee)
            op += 1
          case .remu:
            Execute.remu(h, op.pointee)
            op += 1
          case .mulw:
            Execute.mulw(h, op.pointee)
            op += 1
          case .divw:
            Execute.divw(h, op.pointee)
            op += 1
          case .divuw:
            Execute.divuw(h, op.pointee)
            op += 1
          case .remw:
            Execute.remw(h, op.pointee)
            op += 1
          case .remuw:
            Execute.remuw(h, op.pointee)
            op += 1
          case .lrW:
            try Execute.lrW(h, op.pointee)
            op += 1
          case .scW:
            try Execute.scW(h, op.pointee)
            op += 1
          case .amoswapW:
            try Execute.amoswapW(h, op.pointee)
            op += 1
          case .amoaddW:
            try Execute.amoaddW(h, op.pointee)
            op += 1
          case .amoxorW:
            try Execute.amoxorW(h, op.pointee)
            op += 1
          case .amoandW:
            try Execute.amoandW(h, op.pointee)
            op += 1
          case .amoorW:
            try Execute.amoorW(h, op.pointee)
            op += 1
          case .amominW:
            try Execute.amominW(h, op.pointee)
            op += 1
          case .amomaxW:
            try Execute.amomaxW(h, op.pointee)
            op += 1
          case .amominuW:
            try Execute.amominuW(h, op.pointee)
            op += 1
          case .amomaxuW:
            try Execute.amomaxuW(h, op.pointee)
            op += 1
          case .lrD:
            try Execute.lrD(h, op.pointee)
            op += 1
          case .scD:
            try Execute.scD(h, op.pointee)
            op += 1
          case .amoswapD:
            try Execute.amoswapD(h, op.pointee)
            op += 1
          case .amoaddD:
            try Execute.amoaddD(h, op.pointee)
            op += 1
          case .amoxorD:
            try Execute.amoxorD(h, op.pointee)
            op += 1
          case .amoandD:
            try Execute.amoandD(h, op.pointee)
            op += 1
          case .amoorD:
            try Execute.amoorD(h, op.pointee)
            op += 1
          case .amominD:
            try Execute.amominD(h, op.pointee)
            op += 1
          case .amomaxD:
            try Execute.amomaxD(h, op.pointee)
            op += 1
          case .amominuD:
            try Execute.amominuD(h, op.pointee)
            op += 1
          case .amomaxuD:
            try Execute.amomaxuD(h, op.pointee)
            op += 1
          case .wrsNto:
            h.enterSystem(op, pc, budget)
            try Execute.wrsNto(h, op.pointee)
            from = h.s.pointee.pc
            pc = h.s.pointee.nextPC
            if op.pointee.isAccounted { budget &+= op.settle() }
            if h.s.pointee.recheck {
              h.leave(pc, budget)
              return .recheck
            }
            link = op.link(false)
            break operations
          case .wrsSto:
            h.enterSystem(op, pc, budget)
            try Execute.wrsSto(h, op.pointee)
            from = h.s.pointee.pc
            pc = h.s.pointee.nextPC
            if op.pointee.isAccounted { budget &+= op.settle() }
            if h.s.pointee.recheck {
              h.leave(pc, budget)
              return .recheck
            }
            link = op.link(false)
            break operations
          case .csrrw:
            h.enterSystem(op, pc, budget)
            try Execute.csrrw(h, op.pointee)
            from = h.s.pointee.pc
            pc = h.s.pointee.nextPC
            if op.pointee.isAccounted { budget &+= op.settle() }
            if h.s.pointee.recheck {
              h.leave(pc, budget)
              return .recheck
            }
            link = op.link(false)
            break operations
          case .csrrs:
            h.enterSystem(op, pc, budget)
            try Execute.csrrs(h, op.pointee)
            from = h.s.pointee.pc
            pc = h.s.pointee.nextPC
            if op.pointee.isAccounted { budget &+= op.settle() }
            if h.s.pointee.recheck {
              h.leave(pc, budget)
              return .recheck
            }
            link = op.link(false)
            break operations
          case .csrrc:
            h.enterSystem(op, pc, budget)
            try Execute.csrrc(h, op.pointee)
            from = h.s.pointee.pc
            pc = h.s.pointee.nextPC
            if op.pointee.isAccounted { budget &+= op.settle() }
            if h.s.pointee.recheck {
              h.leave(pc, budget)
              return .recheck
            }
            link = op.link(false)
            break operations
          case .csrrwi:
            h.enterSystem(op, pc, budget)
            try Execute.csrrwi(h, op.pointee)
            from = h.s.pointee.pc
            pc = h.s.pointee.nextPC
            if op.pointee.isAccounted { budget &+= op.settle() }
            if h.s.pointee.recheck {
              h.leave(pc, budget)
              return .recheck
            }
            link = op.link(false)
            break operations
          case .csrrsi:
            h.enterSystem(op, pc, budget)
            try Execute.csrrsi(h, op.pointee)
            from = h.s.pointee.pc
            pc = h.s.pointee.nextPC
            if op.pointee.isAccounted { budget &+= op.settle() }
            if h.s.pointee.recheck {
              h.leave(pc, budget)
              return .recheck
            }
            link = op.link(false)
            break operations
          case .csrrci:
            h.enterSystem(op, pc, budget)
            try Execute.csrrci(h, op.pointee)
            from = h.s.pointee.pc
            pc = h.s.pointee.nextPC
            if op.pointee.isAccounted { budget &+= op.settle() }
            if h.s.pointee.recheck {
              h.leave(pc, budget)
              return .recheck
            }
            link = op.link(false)
            break operations
          case .mret:
            h.enterSystem(op, pc, budget)
            try Execute.mret(h, op.pointee)
            from = h.s.pointee.pc
            pc = h.s.pointee.nextPC
            if op.pointee.isAccounted { budget &+= op.settle() }
            if h.s.pointee.recheck {
              h.leave(pc, budget)
              return .recheck
            }
            link = op.link(false)
            break operations
          case .sret:
            h.enterSystem(op, pc, budget)
            try Execute.sret(h, op.pointee)
            from = h.s.pointee.pc
            pc = h.s.pointee.nextPC
            if op.pointee.isAccounted { budget &+= op.settle() }
            if h.s.pointee.recheck {
              h.leave(pc, budget)
              return .recheck
            }
            link = op.link(false)
            break operations
          case .wfi:
            h.enterSystem(op, pc, budget)
            try Execute.wfi(h, op.pointee)
            from = h.s.pointee.pc
            pc = h.s.pointee.nextPC
            if op.pointee.isAccounted { budget &+= op.settle() }
            if h.s.pointee.recheck {
              h.leave(pc, budget)
              return .recheck
            }
            link = op.link(false)
            break operations
          case .sfenceVma:
            h.enterSystem(op, pc, budget)
            try Execute.sfenceVma(h, op.pointee)
            from = h.s.pointee.pc
            pc = h.s.pointee.nextPC
            if op.pointee.isAccounted { budget &+= op.settle() }
            if h.s.pointee.recheck {
              h.leave(pc, budget)
              return .recheck
            }
            link = op.link(false)
            break operations
          case .sinvalVma:
            h.enterSystem(op, pc, budget)
            try Execute.sinvalVma(h, op.pointee)
            from = h.s.pointee.pc
            pc = h.s.pointee.nextPC
            if op.pointee.isAccounted { budget &+= op.settle() }
            if h.s.pointee.recheck {
              h.leave(pc, budget)
              return .recheck
            }
            link = op.link(false)
            break operations
          case .sfenceWInval:
            h.enterSystem(op, pc, budget)
            try Execute.sfenceWInval(h, op.pointee)
            from = h.s.pointee.pc
            pc = h.s.pointee.nextPC
            if op.pointee.isAccounted { budget &+= op.settle() }
            if h.s.pointee.recheck {
              h.leave(pc, budget)
              return .recheck
            }
            link = op.link(false)
            break operations
          case .sfenceInvalIr:
            h.enterSystem(op, pc, budget)
            try Execute.sfenceInvalIr(h, op.pointee)
            from = h.s.pointee.pc
            pc = h.s.pointee.nextPC
            if op.pointee.isAccounted { budget &+= op.settle() }
            if h.s.pointee.recheck {
              h.leave(pc, budget)
              return .recheck
            }
            link = op.link(false)
            break operations
          case .cboInval:
            try Execute.cboInval(h, op.pointee)
            op += 1
          case .cboClean:
            try Execute.cboClean(h, op.pointee)
            op += 1
          case .cboFlush:
            try Execute.cboFlush(h, op.pointee)
            op += 1
          case .cboZero:
            try Execute.cboZero(h, op.pointee)
            op += 1
          case .hlvB:
            try Execute.hlvB(h, op.pointee)
            op += 1
          case .hlvBu:
            try Execute.hlvBu(h, op.pointee)
            op += 1
          case .hlvH:
            try Execute.hlvH(h, op.pointee)
            op += 1
          case .hlvHu:
            try Execute.hlvHu(h, op.pointee)
            op += 1
          case .hlvxHu:
            try Execute.hlvxHu(h, op.pointee)
            op += 1
          case .hlvW:
            try Execute.hlvW(h, op.pointee)
            op += 1
          case .hlvWu:
            try Execute.hlvWu(h, op.pointee)
            op += 1
          case .hlvxWu:
            try Execute.hlvxWu(h, op.pointee)
            op += 1
          case .hlvD:
            try Execute.hlvD(h, op.pointee)
            op += 1
          case .hsvB:
            try Execute.hsvB(h, op.pointee)
            op += 1
          case .hsvH:
            try Execute.hsvH(h, op.pointee)
            op += 1
          case .hsvW:
            try Execute.hsvW(h, op.pointee)
            op += 1
          case .hsvD:
            try Execute.hsvD(h, op.pointee)
            op += 1
          case .hfenceVvma:
            h.enterSystem(op, pc, budget)
            try Execute.hfenceVvma(h, op.pointee)
            from = h.s.pointee.pc
            pc = h.s.pointee.nextPC
            if op.pointee.isAccounted { budget &+= op.settle() }
            if h.s.pointee.recheck {
              h.leave(pc, budget)
              return .recheck
            }
            link = op.link(false)
            break operations
          case .hfenceGvma:
            h.enterSystem(op, pc, budget)
            try Execute.hfenceGvma(h, op.pointee)
            from = h.s.pointee.pc
            pc = h.s.pointee.nextPC
            if op.pointee.isAccounted { budget &+= op.settle() }
            if h.s.pointee.recheck {
              h.leave(pc, budget)
              return .recheck
            }
            link = op.link(false)
            break operations
          case .hinvalVvma:
            h.enterSystem(op, pc, budget)
            try Execute.hinvalVvma(h, op.pointee)
            from = h.s.pointee.pc
            pc = h.s.pointee.nextPC
            if op.pointee.isAccounted { budget &+= op.settle() }
            if h.s.pointee.recheck {
              h.leave(pc, budget)
              return .recheck
            }
            link = op.link(false)
            break operations
          case .hinvalGvma:
            h.enterSystem(op, pc, budget)
            try Execute.hinvalGvma(h, op.pointee)
            from = h.s.pointee.pc
            pc = h.s.pointee.nextPC
            if op.pointee.isAccounted { budget &+= op.settle() }
            if h.s.pointee.recheck {
              h.leave(pc, budget)
              return .recheck
            }
            link = op.link(false)
            break operations
          case .addUw:
            Execute.addUw(h, op.pointee)
            op += 1
          case .sh1add:
            Execute.sh1add(h, op.pointee)
            op += 1
          case .sh2add:
            Execute.sh2add(h, op.pointee)
            op += 1
          case .sh3add:
            Execute.sh3add(h, op.pointee)
            op += 1
          case .sh1addUw:
            Execute.sh1addUw(h, op.pointee)
            op += 1
          case .sh2addUw:
            Execute.sh2addUw(h, op.pointee)
            op += 1
          case .sh3addUw:
            Execute.sh3addUw(h, op.pointee)
            op += 1
          case .slliUw:
            Execute.slliUw(h, op.pointee)
            op += 1
          case .andn:
            Execute.andn(h, op.pointee)
            op += 1
          case .orn:
            Execute.orn(h, op.pointee)
            op += 1
          case .xnor:
            Execute.xnor(h, op.pointee)
            op += 1
          case .clz:
            Execute.clz(h, op.pointee)
            op += 1
          case .ctz:
            Execute.ctz(h, op.pointee)
            op += 1
          case .cpop:
            Execute.cpop(h, op.pointee)
            op += 1
          case .clzw:
            Execute.clzw(h, op.pointee)
            op += 1
          case .ctzw:
            Execute.ctzw(h, op.pointee)
            op += 1
          case .cpopw:
            Execute.cpopw(h, op.pointee)
            op += 1
          case .max:
            Execute.max(h, op.pointee)
            op += 1
          case .maxu:
            Execute.maxu(h, op.pointee)
            op += 1
          case .min:
            Execute.min(h, op.pointee)
            op += 1
          case .minu:
            Execute.minu(h, op.pointee)
            op += 1
          case .sextB:
            Execute.sextB(h, op.pointee)
            op += 1
          case .sextH:
            Execute.sextH(h, op.pointee)
            op += 1
          case .zextH:
            Execute.zextH(h, op.pointee)
            op += 1
          case .rol:
            Execute.rol(h, op.pointee)
            op += 1
          case .ror:
            Execute.ror(h, op.pointee)
            op += 1
          case .rori:
            Execute.rori(h, op.pointee)
            op += 1
          case .rolw:
            Execute.rolw(h, op.pointee)
            op += 1
          case .rorw:
            Execute.rorw(h, op.pointee)
            op += 1
          case .roriw:
            Execute.roriw(h, op.pointee)
            op += 1
          case .orcB:
            Execute.orcB(h, op.pointee)
            op += 1
          case .rev8:
            Execute.rev8(h, op.pointee)
            op += 1
          case .bclr:
            Execute.bclr(h, op.pointee)
            op += 1
          case .bclri:
            Execute.bclri(h, op.pointee)
            op += 1
          case .bext:
            Execute.bext(h, op.pointee)
            op += 1
          case .bexti:
            Execute.bexti(h, op.pointee)
            op += 1
          case .binv:
            Execute.binv(h, op.pointee)
            op += 1
          case .binvi:
            Execute.binvi(h, op.pointee)
            op += 1
          case .bset:
            Execute.bset(h, op.pointee)
            op += 1
          case .bseti:
            Execute.bseti(h, op.pointee)
            op += 1
          case .flw:
            try Execute.flw(h, op.pointee)
            op += 1
          case .fsw:
            try Execute.fsw(h, op.pointee)
            op += 1
          case .fmaddS:
            try Execute.fmaddS(h, op.pointee)
            op += 1
          case .fmsubS:
            try Execute.fmsubS(h, op.pointee)
            op += 1
          case .fnmsubS:
            try Execute.fnmsubS(h, op.pointee)
            op += 1
          case .fnmaddS:
            try Execute.fnmaddS(h, op.pointee)
            op += 1
          case .faddS:
            try Execute.faddS(h, op.pointee)
            op += 1
          case .fsubS:
            try Execute.fsubS(h, op.pointee)
            op += 1
          case .fmulS:
            try Execute.fmulS(h, op.pointee)
            op += 1
          case .fdivS:
            try Execute.fdivS(h, op.pointee)
            op += 1
          case .fsqrtS:
            try Execute.fsqrtS(h, op.pointee)
            op += 1
          case .fsgnjS:
            try Execute.fsgnjS(h, op.pointee)
            op += 1
          case .fsgnjnS:
            try Execute.fsgnjnS(h, op.pointee)
            op += 1
          case .fsgnjxS:
            try Execute.fsgnjxS(h, op.pointee)
            op += 1
          case .fminS:
            try Execute.fminS(h, op.pointee)
            op += 1
          case .fmaxS:
            try Execute.fmaxS(h, op.pointee)
            op += 1
          case .feqS:
            try Execute.feqS(h, op.pointee)
            op += 1
          case .fltS:
            try Execute.fltS(h, op.pointee)
            op += 1
          case .fleS:
            try Execute.fleS(h, op.pointee)
            op += 1
          case .fclassS:
            try Execute.fclassS(h, op.pointee)
            op += 1
          case .fcvtWS:
            try Execute.fcvtWS(h, op.pointee)
            op += 1
          case .fcvtSW:
            try Execute.fcvtSW(h, op.pointee)
            op += 1
          case .fcvtWuS:
            try Execute.fcvtWuS(h, op.pointee)
            op += 1
          case .fcvtSWu:
            try Execute.fcvtSWu(h, op.pointee)
            op += 1
          case .fcvtLS:
            try Execute.fcvtLS(h, op.pointee)
            op += 1
          case .fcvtSL:
            try Execute.fcvtSL(h, op.pointee)
            op += 1
          case .fcvtLuS:
            try Execute.fcvtLuS(h, op.pointee)
            op += 1
          case .fcvtSLu:
            try Execute.fcvtSLu(h, op.pointee)
            op += 1
          case .fmvXW:
            try Execute.fmvXW(h, op.pointee)
            op += 1
          case .fmvWX:
            try Execute.fmvWX(h, op.pointee)
            op += 1
          case .fld:
            try Execute.fld(h, op.pointee)
            op += 1
          case .fsd:
            try Execute.fsd(h, op.pointee)
            op += 1
          case .fmaddD:
            try Execute.fmaddD(h, op.pointee)
            op += 1
          case .fmsubD:
            try Execute.fmsubD(h, op.pointee)
            op += 1
          case .fnmsubD:
            try Execute.fnmsubD(h, op.pointee)
            op += 1
          case .fnmaddD:
            try Execute.fnmaddD(h, op.pointee)
            op += 1
          case .faddD:
            try Execute.faddD(h, op.pointee)
            op += 1
          case .fsubD:
            try Execute.fsubD(h, op.pointee)
            op += 1
          case .fmulD:
            try Execute.fmulD(h, op.pointee)
            op += 1
          case .fdivD:
            try Execute.fdivD(h, op.pointee)
            op += 1
          case .fsqrtD:
            try Execute.fsqrtD(h, op.pointee)
            op += 1
          case .fsgnjD:
            try Execute.fsgnjD(h, op.pointee)
            op += 1
          case .fsgnjnD:
            try Execute.fsgnjnD(h, op.pointee)
            op += 1
          case .fsgnjxD:
            try Execute.fsgnjxD(h, op.pointee)
            op += 1
          case .fminD:
            try Execute.fminD(h, op.pointee)
            op += 1
          case .fmaxD:
            try Execute.fmaxD(h, op.pointee)
            op += 1
          case .feqD:
            try Execute.feqD(h, op.pointee)
            op += 1
          case .fltD:
            try Execute.fltD(h, op.pointee)
            op += 1
          case .fleD:
            try Execute.fleD(h, op.pointee)
            op += 1
          case .fclassD:
            try Execute.fclassD(h, op.pointee)
            op += 1
          case .fcvtWD:
            try Execute.fcvtWD(h, op.pointee)
            op += 1
          case .fcvtDW:
            try Execute.fcvtDW(h, op.pointee)
            op += 1
          case .fcvtWuD:
            try Execute.fcvtWuD(h, op.pointee)
            op += 1
          case .fcvtDWu:
            try Execute.fcvtDWu(h, op.pointee)
            op += 1
          case .fcvtLD:
            try Execute.fcvtLD(h, op.pointee)
            op += 1
          case .fcvtDL:
            try Execute.fcvtDL(h, op.pointee)
            op += 1
          case .fcvtLuD:
            try Execute.fcvtLuD(h, op.pointee)
            op += 1
          case .fcvtDLu:
            try Execute.fcvtDLu(h, op.pointee)
            op += 1
          case .fcvtSD:
            try Execute.fcvtSD(h, op.pointee)
            op += 1
          case .fcvtDS:
            try Execute.fcvtDS(h, op.pointee)
            op += 1
          case .fmvXD:
            try Execute.fmvXD(h, op.pointee)
            op += 1
          case .fmvDX:
            try Execute.fmvDX(h, op.pointee)
            op += 1
          case .plainRead:
            try PlainCSR.plainRead(h, op.pointee)
            op += 1
          case .plainWrite:
            try PlainCSR.plainWrite(h, op.pointee)
            op += 1
          case .plainSet:
            try PlainCSR.plainSet(h, op.pointee)
            op += 1
          case .plainClear:
            try PlainCSR.plainClear(h, op.pointee)
            op += 1
          case .statusRead:
            try PlainCSR.statusRead(h, op.pointee)
            op += 1
          case .statusWrite:
            try PlainCSR.statusWrite(h, op.pointee)
            op += 1
          case .statusSet:
            try PlainCSR.statusSet(h, op.pointee)
            op += 1
          case .statusClear:
            try PlainCSR.statusClear(h, op.pointee)
            op += 1
          case .doubleLoads4:
            if AccessRun.doubleLoads4(h, op) {
              op += 4
            } else {
              try Execute.ld(h, op.pointee)
              op += 1
            }
          case .doubleLoads2:
            if AccessRun.doubleLoads2(h, op) {
              op += 2
            } else {
              try Execute.ld(h, op.pointee)
              op += 1
            }
          case .doubleStores4:
            if AccessRun.doubleStores4(h, op) {
              op += 4
            } else {
              try Execute.sd(h, op.pointee)
              op += 1
            }
          case .doubleStores2:
            if AccessRun.doubleStores2(h, op) {
              op += 2
            } else {
              try Execute.sd(h, op.pointee)
              op += 1
            }
          case .unsignedWord:
            if ConstantRun.unsignedWord(h, op) {
              op += 3
            } else {
              Execute.lui(h, op.pointee)
              op += 1
            }
          case .shiftedWord:
            if ConstantRun.shiftedWord(h, op) {
              op += 4
            } else {
              Execute.lui(h, op.pointee)
              op += 1
            }
          case .lookUp:
            if LookupRun.lookUp(h, op) {
              op += 17
              pc = indirectJump(h, op, pc)
              budget &+= op.settle()
              guard let next = known(h, pc) else {
                h.leave(pc, budget)
                return .recheck
              }
              op = next
              budget &-= op.blockWeight
              if budget < 0 {
                h.leave(pc, budget &+ op.blockWeight)
                return .budget
              }
            } else {
              try Execute.hsvD(h, op.pointee)
              op += 1
            }
          case .spillTwo:
            if LookupRun.spillTwo(h, op) {
              op += 3
            } else {
              try Execute.hsvD(h, op.pointee)
              op += 1
            }
          case .loadHashed:
            if LookupRun.loadHashed(h, op) {
              op += 4
            } else {
              Execute.slli(h, op.pointee)
              op += 1
            }
          case .loadBehindHashed:
            if LookupRun.loadBehindHashed(h, op) {
              op += 7
            } else {
              Execute.slli(h, op.pointee)
              op += 1
            }
          case .loadSlot:
            if LookupRun.loadSlot(h, op) {
              op += 2
            } else {
              Execute.addi(h, op.pointee)
              op += 1
            }
          case .storeSlot:
            if LookupRun.storeSlot(h, op) {
              op += 2
            } else {
              Execute.addi(h, op.pointee)
              op += 1
            }
          case .loadLent:
            if LookupRun.loadLent(h, op) {
              op += 1
            } else {
              try Execute.hlvD(h, op.pointee)
              op += 1
            }
          case .storeLent:
            if LookupRun.storeLent(h, op) {
              op += 1
            } else {
              try Execute.hsvD(h, op.pointee)
              op += 1
            }
          case .fusedAddAdd:
            Execute.add(h, op.pointee)
            op += 1
            Execute.add(h, op.pointee)
            op += 1
          case .fusedAddAddi:
            Execute.add(h, op.pointee)
            op += 1
            Execute.addi(h, op.pointee)
            op += 1
          case .fusedAddSub:
            Execute.add(h, op.pointee)
            op += 1
            Execute.sub(h, op.pointee)
            op += 1
          case .fusedAddXor:
            Execute.add(h, op.pointee)
            op += 1
            Execute.xor(h, op.pointee)
            op += 1
          case .fusedAddOr:
            Execute.add(h, op.pointee)
            op += 1
            Execute.or(h, op.pointee)
            op += 1
          case .fusedAddAnd:
            Execute.add(h, op.pointee)
            op += 1
            Execute.and(h, op.pointee)
            op += 1
          case .fusedAddSlli:
            Execute.add(h, op.pointee)
            op += 1
            Execute.slli(h, op.pointee)
            op += 1
          case .fusedAddSrli:
            Execute.add(h, op.pointee)
            op += 1
            Execute.srli(h, op.pointee)
            op += 1
          case .fusedAddAddw:
            Execute.add(h, op.pointee)
            op += 1
            Execute.addw(h, op.pointee)
            op += 1
          case .fusedAddAddiw:
            Execute.add(h, op.pointee)
            op += 1
            Execute.addiw(h, op.pointee)
            op += 1
          case .fusedAddAndi:
            Execute.add(h, op.pointee)
            op += 1
            Execute.andi(h, op.pointee)
            op += 1
          case .fusedAddiAdd:
            Execute.addi(h, op.pointee)
            op += 1
            Execute.add(h, op.pointee)
            op += 1
          case .fusedAddiAddi:
            Execute.addi(h, op.pointee)
            op += 1
            Execute.addi(h, op.pointee)
            op += 1
          case .fusedAddiSub:
            Execute.addi(h, op.pointee)
            op += 1
            Execute.sub(h, op.pointee)
            op += 1
          case .fusedAddiXor:
            Execute.addi(h, op.pointee)
            op += 1
            Execute.xor(h, op.pointee)
            op += 1
          case .fusedAddiOr:
            Execute.addi(h, op.pointee)
            op += 1
            Execute.or(h, op.pointee)
            op += 1
          case .fusedAddiAnd:
            Execute.addi(h, op.pointee)
            op += 1
            Execute.and(h, op.pointee)
            op += 1
          case .fusedAddiSlli:
            Execute.addi(h, op.pointee)
            op += 1
            Execute.slli(h, op.pointee)
            op += 1
          case .fusedAddiSrli:
            Execute.addi(h, op.pointee)
            op += 1
            Execute.srli(h, op.pointee)
            op += 1
          case .fusedAddiAddw:
            Execute.addi(h, op.pointee)
            op += 1
            Execute.addw(h, op.pointee)
            op += 1
          case .fusedAddiAddiw:
            Execute.addi(h, op.pointee)
            op += 1
            Execute.addiw(h, op.pointee)
            op += 1
          case .fusedAddiAndi:
            Execute.addi(h, op.pointee)
            op += 1
            Execute.andi(h, op.pointee)
            op += 1
          case .fusedSubAdd:
            Execute.sub(h, op.pointee)
            op += 1
            Execute.add(h, op.pointee)
            op += 1
          case .fusedSubAddi:
            Execute.sub(h, op.pointee)
            op += 1
            Execute.addi(h, op.pointee)
            op += 1
          case .fusedSubSub:
            Execute.sub(h, op.pointee)
            op += 1
            Execute.sub(h, op.pointee)
            op += 1
          case .fusedSubXor:
            Execute.sub(h, op.pointee)
            op += 1
            Execute.xor(h, op.pointee)
            op += 1
          case .fusedSubOr:
            Execute.sub(h, op.pointee)
            op += 1
            Execute.or(h, op.pointee)
            op += 1
          case .fusedSubAnd:
            Execute.sub(h, op.pointee)
            op += 1
            Execute.and(h, op.pointee)
            op += 1
          case .fusedSubSlli:
            Execute.sub(h, op.pointee)
            op += 1
            Execute.slli(h, op.pointee)
            op += 1
          case .fusedSubSrli:
            Execute.sub(h, op.pointee)
            op += 1
            Execute.srli(h, op.pointee)
            op += 1
          case .fusedSubAddw:
            Execute.sub(h, op.pointee)
            op += 1
            Execute.addw(h, op.pointee)
            op += 1
          case .fusedSubAddiw:
            Execute.sub(h, op.pointee)
            op += 1
            Execute.addiw(h, op.pointee)
            op += 1
          case .fusedSubAndi:
            Execute.sub(h, op.pointee)
            op += 1
            Execute.andi(h, op.pointee)
            op += 1
          case .fusedXorAdd:
            Execute.xor(h, op.pointee)
            op += 1
            Execute.add(h, op.pointee)
            op += 1
          case .fusedXorAddi:
            Execute.xor(h, op.pointee)
            op += 1
            Execute.addi(h, op.pointee)
            op += 1
          case .fusedXorSub:
            Execute.xor(h, op.pointee)
            op += 1
            Execute.sub(h, op.pointee)
            op += 1
          case .fusedXorXor:
            Execute.xor(h, op.pointee)
            op += 1
            Execute.xor(h, op.pointee)
            op += 1
          case .fusedXorOr:
            Execute.xor(h, op.pointee)
            op += 1
            Execute.or(h, op.pointee)
            op += 1
          case .fusedXorAnd:
            Execute.xor(h, op.pointee)
            op += 1
            Execute.and(h, op.pointee)
            op += 1
          case .fusedXorSlli:
            Execute.xor(h, op.pointee)
            op += 1
            Execute.slli(h, op.pointee)
            op += 1
          case .fusedXorSrli:
            Execute.xor(h, op.pointee)
            op += 1
            Execute.srli(h, op.pointee)
            op += 1
          case .fusedXorAddw:
            Execute.xor(h, op.pointee)
            op += 1
            Execute.addw(h, op.pointee)
            op += 1
          case .fusedXorAddiw:
            Execute.xor(h, op.pointee)
            op += 1
            Execute.addiw(h, op.pointee)
            op += 1
          case .fusedXorAndi:
            Execute.xor(h, op.pointee)
            op += 1
            Execute.andi(h, op.pointee)
            op += 1
          case .fusedOrAdd:
            Execute.or(h, op.pointee)
            op += 1
            Execute.add(h, op.pointee)
            op += 1
          case .fusedOrAddi:
            Execute.or(h, op.pointee)
            op += 1
            Execute.addi(h, op.pointee)
            op += 1
          case .fusedOrSub:
            Execute.or(h, op.pointee)
            op += 1
            Execute.sub(h, op.pointee)
            op += 1
          case .fusedOrXor:
            Execute.or(h, op.pointee)
            op += 1
            Execute.xor(h, op.pointee)
            op += 1
          case .fusedOrOr:
            Execute.or(h, op.pointee)
            op += 1
            Execute.or(h, op.pointee)
            op += 1
          case .fusedOrAnd:
            Execute.or(h, op.pointee)
            op += 1
            Execute.and(h, op.pointee)
            op += 1
          case .fusedOrSlli:
            Execute.or(h, op.pointee)
            op += 1
            Execute.slli(h, op.pointee)
            op += 1
          case .fusedOrSrli:
            Execute.or(h, op.pointee)
            op += 1
            Execute.srli(h, op.pointee)
            op += 1
          case .fusedOrAddw:
            Execute.or(h, op.pointee)
            op += 1
            Execute.addw(h, op.pointee)
            op += 1
          case .fusedOrAddiw:
            Execute.or(h, op.pointee)
            op += 1
            Execute.addiw(h, op.pointee)
            op += 1
          case .fusedOrAndi:
            Execute.or(h, op.pointee)
            op += 1
            Execute.andi(h, op.pointee)
            op += 1
          case .fusedAndAdd:
            Execute.and(h, op.pointee)
            op += 1
            Execute.add(h, op.pointee)
            op += 1
          case .fusedAndAddi:
            Execute.and(h, op.pointee)
            op += 1
            Execute.addi(h, op.pointee)
            op += 1
          case .fusedAndSub:
            Execute.and(h, op.pointee)
            op += 1
            Execute.sub(h, op.pointee)
            op += 1
          case .fusedAndXor:
            Execute.and(h, op.pointee)
            op += 1
            Execute.xor(h, op.pointee)
            op += 1
          case .fusedAndOr:
            Execute.and(h, op.pointee)
            op += 1
            Execute.or(h, op.pointee)
            op += 1
          case .fusedAndAnd:
            Execute.and(h, op.pointee)
            op += 1
            Execute.and(h, op.pointee)
            op += 1
          case .fusedAndSlli:
            Execute.and(h, op.pointee)
            op += 1
            Execute.slli(h, op.pointee)
            op += 1
          case .fusedAndSrli:
            Execute.and(h, op.pointee)
            op += 1
            Execute.srli(h, op.pointee)
            op += 1
          case .fusedAndAddw:
            Execute.and(h, op.pointee)
            op += 1
            Execute.addw(h, op.pointee)
            op += 1
          case .fusedAndAddiw:
            Execute.and(h, op.pointee)
            op += 1
            Execute.addiw(h, op.pointee)
            op += 1
          case .fusedAndAndi:
            Execute.and(h, op.pointee)
            op += 1
            Execute.andi(h, op.pointee)
            op += 1
          case .fusedSlliAdd:
            Execute.slli(h, op.pointee)
            op += 1
            Execute.add(h, op.pointee)
            op += 1
          case .fusedSlliAddi:
            Execute.slli(h, op.pointee)
            op += 1
            Execute.addi(h, op.pointee)
            op += 1
          case .fusedSlliSub:
            Execute.slli(h, op.pointee)
            op += 1
            Execute.sub(h, op.pointee)
            op += 1
          case .fusedSlliXor:
            Execute.slli(h, op.pointee)
            op += 1
            Execute.xor(h, op.pointee)
            op += 1
          case .fusedSlliOr:
            Execute.slli(h, op.pointee)
            op += 1
            Execute.or(h, op.pointee)
            op += 1
          case .fusedSlliAnd:
            Execute.slli(h, op.pointee)
            op += 1
            Execute.and(h, op.pointee)
            op += 1
          case .fusedSlliSlli:
            Execute.slli(h, op.pointee)
            op += 1
            Execute.slli(h, op.pointee)
            op += 1
          case .fusedSlliSrli:
            Execute.slli(h, op.pointee)
            op += 1
            Execute.srli(h, op.pointee)
            op += 1
          case .fusedSlliAddw:
            Execute.slli(h, op.pointee)
            op += 1
            Execute.addw(h, op.pointee)
            op += 1
          case .fusedSlliAddiw:
            Execute.slli(h, op.pointee)
            op += 1
            Execute.addiw(h, op.pointee)
            op += 1
          case .fusedSlliAndi:
            Execute.slli(h, op.pointee)
            op += 1
            Execute.andi(h, op.pointee)
            op += 1
          case .fusedSrliAdd:
            Execute.srli(h, op.pointee)
            op += 1
            Execute.add(h, op.pointee)
            op += 1
          case .fusedSrliAddi:
            Execute.srli(h, op.pointee)
            op += 1
            Execute.addi(h, op.pointee)
            op += 1
          case .fusedSrliSub:
            Execute.srli(h, op.pointee)
            op += 1
            Execute.sub(h, op.pointee)
            op += 1
          case .fusedSrliXor:
            Execute.srli(h, op.pointee)
            op += 1
            Execute.xor(h, op.pointee)
            op += 1
          case .fusedSrliOr:
            Execute.srli(h, op.pointee)
            op += 1
            Execute.or(h, op.pointee)
            op += 1
          case .fusedSrliAnd:
            Execute.srli(h, op.pointee)
            op += 1
            Execute.and(h, op.pointee)
            op += 1
          case .fusedSrliSlli:
            Execute.srli(h, op.pointee)
            op += 1
            Execute.slli(h, op.pointee)
            op += 1
          case .fusedSrliSrli:
            Execute.srli(h, op.pointee)
            op += 1
            Execute.srli(h, op.pointee)
            op += 1
          case .fusedSrliAddw:
            Execute.srli(h, op.pointee)
            op += 1
            Execute.addw(h, op.pointee)
            op += 1
          case .fusedSrliAddiw:
            Execute.srli(h, op.pointee)
            op += 1
            Execute.addiw(h, op.pointee)
            op += 1
          case .fusedSrliAndi:
            Execute.srli(h, op.pointee)
            op += 1
            Execute.andi(h, op.pointee)
            op += 1
          case .fusedAddwAdd:
            Execute.addw(h, op.pointee)
            op += 1
            Execute.add(h, op.pointee)
            op += 1
          case .fusedAddwAddi:
            Execute.addw(h, op.pointee)
            op += 1
            Execute.addi(h, op.pointee)
            op += 1
          case .fusedAddwSub:
            Execute.addw(h, op.pointee)
            op += 1
            Execute.sub(h, op.pointee)
            op += 1
          case .fusedAddwXor:
            Execute.addw(h, op.pointee)
            op += 1
            Execute.xor(h, op.pointee)
            op += 1
          case .fusedAddwOr:
            Execute.addw(h, op.pointee)
            op += 1
            Execute.or(h, op.pointee)
            op += 1
          case .fusedAddwAnd:
            Execute.addw(h, op.pointee)
            op += 1
            Execute.and(h, op.pointee)
            op += 1
          case .fusedAddwSlli:
            Execute.addw(h, op.pointee)
            op += 1
            Execute.slli(h, op.pointee)
            op += 1
          case .fusedAddwSrli:
            Execute.addw(h, op.pointee)
            op += 1
            Execute.srli(h, op.pointee)
            op += 1
          case .fusedAddwAddw:
            Execute.addw(h, op.pointee)
            op += 1
            Execute.addw(h, op.pointee)
            op += 1
          case .fusedAddwAddiw:
            Execute.addw(h, op.pointee)
            op += 1
            Execute.addiw(h, op.pointee)
            op += 1
          case .fusedAddwAndi:
            Execute.addw(h, op.pointee)
            op += 1
            Execute.andi(h, op.pointee)
            op += 1
          case .fusedAddiwAdd:
            Execute.addiw(h, op.pointee)
            op += 1
            Execute.add(h, op.pointee)
            op += 1
          case .fusedAddiwAddi:
            Execute.addiw(h, op.pointee)
            op += 1
            Execute.addi(h, op.pointee)
            op += 1
          case .fusedAddiwSub:
            Execute.addiw(h, op.pointee)
            op += 1
            Execute.sub(h, op.pointee)
            op += 1
          case .fusedAddiwXor:
            Execute.addiw(h, op.pointee)
            op += 1
            Execute.xor(h, op.pointee)
            op += 1
          case .fusedAddiwOr:
            Execute.addiw(h, op.pointee)
            op += 1
            Execute.or(h, op.pointee)
            op += 1
          case .fusedAddiwAnd:
            Execute.addiw(h, op.pointee)
            op += 1
            Execute.and(h, op.pointee)
            op += 1
          case .fusedAddiwSlli:
            Execute.addiw(h, op.pointee)
            op += 1
            Execute.slli(h, op.pointee)
            op += 1
          case .fusedAddiwSrli:
            Execute.addiw(h, op.pointee)
            op += 1
            Execute.srli(h, op.pointee)
            op += 1
          case .fusedAddiwAddw:
            Execute.addiw(h, op.pointee)
            op += 1
            Execute.addw(h, op.pointee)
            op += 1
          case .fusedAddiwAddiw:
            Execute.addiw(h, op.pointee)
            op += 1
            Execute.addiw(h, op.pointee)
            op += 1
          case .fusedAddiwAndi:
            Execute.addiw(h, op.pointee)
            op += 1
            Execute.andi(h, op.pointee)
            op += 1
          case .fusedAndiAdd:
            Execute.andi(h, op.pointee)
            op += 1
            Execute.add(h, op.pointee)
            op += 1
          case .fusedAndiAddi:
            Execute.andi(h, op.pointee)
            op += 1
            Execute.addi(h, op.pointee)
            op += 1
          case .fusedAndiSub:
            Execute.andi(h, op.pointee)
            op += 1
            Execute.sub(h, op.pointee)
            op += 1
          case .fusedAndiXor:
            Execute.andi(h, op.pointee)
            op += 1
            Execute.xor(h, op.pointee)
            op += 1
          case .fusedAndiOr:
            Execute.andi(h, op.pointee)
            op += 1
            Execute.or(h, op.pointee)
            op += 1
          case .fusedAndiAnd:
            Execute.andi(h, op.pointee)
            op += 1
            Execute.and(h, op.pointee)
            op += 1
          case .fusedAndiSlli:
            Execute.andi(h, op.pointee)
            op += 1
            Execute.slli(h, op.pointee)
            op += 1
          case .fusedAndiSrli:
            Execute.andi(h, op.pointee)
            op += 1
            Execute.srli(h, op.pointee)
            op += 1
          case .fusedAndiAddw:
            Execute.andi(h, op.pointee)
            op += 1
            Execute.addw(h, op.pointee)
            op += 1
          case .fusedAndiAddiw:
            Execute.andi(h, op.pointee)
            op += 1
            Execute.addiw(h, op.pointee)
            op += 1
          case .fusedAndiAndi:
            Execute.andi(h, op.pointee)
            op += 1
            Execute.andi(h, op.pointee)
            op += 1
          case .fusedLbuAdd:
            try Execute.lbu(h, op.pointee)
            op += 1
            Execute.add(h, op.pointee)
            op += 1
          case .fusedLbuAddi:
            try Execute.lbu(h, op.pointee)
            op += 1
            Execute.addi(h, op.pointee)
            op += 1
          case .fusedLbuXor:
            try Execute.lbu(h, op.pointee)
            op += 1
            Execute.xor(h, op.pointee)
            op += 1
          case .fusedLbuSlli:
            try Execute.lbu(h, op.pointee)
            op += 1
            Execute.slli(h, op.pointee)
            op += 1
          case .fusedLbuSrliw:
            try Execute.lbu(h, op.pointee)
            op += 1
            Execute.srliw(h, op.pointee)
            op += 1
          case .fusedLbuSlliw:
            try Execute.lbu(h, op.pointee)
            op += 1
            Execute.slliw(h, op.pointee)
            op += 1
          case .fusedLbuAndi:
            try Execute.lbu(h, op.pointee)
            op += 1
            Execute.andi(h, op.pointee)
            op += 1
          case .fusedLbuAddiw:
            try Execute.lbu(h, op.pointee)
            op += 1
            Execute.addiw(h, op.pointee)
            op += 1
          case .fusedLwAdd:
            try Execute.lw(h, op.pointee)
            op += 1
            Execute.add(h, op.pointee)
            op += 1
          case .fusedLwAddi:
            try Execute.lw(h, op.pointee)
            op += 1
            Execute.addi(h, op.pointee)
            op += 1
          case .fusedLwXor:
            try Execute.lw(h, op.pointee)
            op += 1
            Execute.xor(h, op.pointee)
            op += 1
          case .fusedLwSlli:
            try Execute.lw(h, op.pointee)
            op += 1
            Execute.slli(h, op.pointee)
            op += 1
          case .fusedLwSrliw:
            try Execute.lw(h, op.pointee)
            op += 1
            Execute.srliw(h, op.pointee)
            op += 1
          case .fusedLwSlliw:
            try Execute.lw(h, op.pointee)
            op += 1
            Execute.slliw(h, op.pointee)
            op += 1
          case .fusedLwAndi:
            try Execute.lw(h, op.pointee)
            op += 1
            Execute.andi(h, op.pointee)
            op += 1
          case .fusedLwAddiw:
            try Execute.lw(h, op.pointee)
            op += 1
            Execute.addiw(h, op.pointee)
            op += 1
          case .fusedLdAdd:
            try Execute.ld(h, op.pointee)
            op += 1
            Execute.add(h, op.pointee)
            op += 1
          case .fusedLdAddi:
            try Execute.ld(h, op.pointee)
            op += 1
            Execute.addi(h, op.pointee)
            op += 1
          case .fusedLdXor:
            try Execute.ld(h, op.pointee)
            op += 1
            Execute.xor(h, op.pointee)
            op += 1
          case .fusedLdSlli:
            try Execute.ld(h, op.pointee)
            op += 1
            Execute.slli(h, op.pointee)
            op += 1
          case .fusedLdSrliw:
            try Execute.ld(h, op.pointee)
            op += 1
            Execute.srliw(h, op.pointee)
            op += 1
          case .fusedLdSlliw:
            try Execute.ld(h, op.pointee)
            op += 1
            Execute.slliw(h, op.pointee)
            op += 1
          case .fusedLdAndi:
            try Execute.ld(h, op.pointee)
            op += 1
            Execute.andi(h, op.pointee)
            op += 1
          case .fusedLdAddiw:
            try Execute.ld(h, op.pointee)
            op += 1
            Execute.addiw(h, op.pointee)
            op += 1
          case .fusedAddLbu:
            Execute.add(h, op.pointee)
            op += 1
            try Execute.lbu(h, op.pointee)
            op += 1
          case .fusedAddLw:
            Execute.add(h, op.pointee)
            op += 1
            try Execute.lw(h, op.pointee)
            op += 1
          case .fusedAddLd:
            Execute.add(h, op.pointee)
            op += 1
            try Execute.ld(h, op.pointee)
            op += 1
          case .fusedAddiLbu:
            Execute.addi(h, op.pointee)
            op += 1
            try Execute.lbu(h, op.pointee)
            op += 1
          case .fusedAddiLw:
            Execute.addi(h, op.pointee)
            op += 1
            try Execute.lw(h, op.pointee)
            op += 1
          case .fusedAddiLd:
            Execute.addi(h, op.pointee)
            op += 1
            try Execute.ld(h, op.pointee)
            op += 1
          case .fusedSlliLbu:
            Execute.slli(h, op.pointee)
            op += 1
            try Execute.lbu(h, op.pointee)
            op += 1
          case .fusedSlliLw:
            Execute.slli(h, op.pointee)
            op += 1
            try Execute.lw(h, op.pointee)
            op += 1
          case .fusedSlliLd:
            Execute.slli(h, op.pointee)
            op += 1
            try Execute.ld(h, op.pointee)
            op += 1
          case .fusedSbAdd:
            try Execute.sb(h, op.pointee)
            op += 1
            Execute.add(h, op.pointee)
            op += 1
          case .fusedSbAddi:
            try Execute.sb(h, op.pointee)
            op += 1
            Execute.addi(h, op.pointee)
            op += 1
          case .fusedSwAdd:
            try Execute.sw(h, op.pointee)
            op += 1
            Execute.add(h, op.pointee)
            op += 1
          case .fusedSwAddi:
            try Execute.sw(h, op.pointee)
            op += 1
            Execute.addi(h, op.pointee)
            op += 1
          case .fusedSdAdd:
            try Execute.sd(h, op.pointee)
            op += 1
            Execute.add(h, op.pointee)
            op += 1
          case .fusedSdAddi:
            try Execute.sd(h, op.pointee)
            op += 1
            Execute.addi(h, op.pointee)
            op += 1
          case .fusedAddSb:
            Execute.add(h, op.pointee)
            op += 1
            try Execute.sb(h, op.pointee)
            op += 1
          case .fusedAddSw:
            Execute.add(h, op.pointee)
            op += 1
            try Execute.sw(h, op.pointee)
            op += 1
          case .fusedAddSd:
            Execute.add(h, op.pointee)
            op += 1
            try Execute.sd(h, op.pointee)
            op += 1
          case .fusedAddiSb:
            Execute.addi(h, op.pointee)
            op += 1
            try Execute.sb(h, op.pointee)
            op += 1
          case .fusedAddiSw:
            Execute.addi(h, op.pointee)
            op += 1
            try Execute.sw(h, op.pointee)
            op += 1
          case .fusedAddiSd:
            Execute.addi(h, op.pointee)
            op += 1
            try Execute.sd(h, op.pointee)
            op += 1
          case .fusedAddBeq:
            Execute.add(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            break operations
          case .fusedAddBne:
            Execute.add(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            break operations
          case .fusedAddiBeq:
            Execute.addi(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            break operations
          case .fusedAddiBne:
            Execute.addi(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            break operations
          case .fusedSubBeq:
            Execute.sub(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            break operations
          case .fusedSubBne:
            Execute.sub(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            break operations
          case .fusedXorBeq:
            Execute.xor(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            break operations
          case .fusedXorBne:
            Execute.xor(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            break operations
          case .fusedOrBeq:
            Execute.or(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            break operations
          case .fusedOrBne:
            Execute.or(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            break operations
          case .fusedAndBeq:
            Execute.and(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            break operations
          case .fusedAndBne:
            Execute.and(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            break operations
          case .fusedSlliBeq:
            Execute.slli(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            break operations
          case .fusedSlliBne:
            Execute.slli(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            break operations
          case .fusedSrliBeq:
            Execute.srli(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            break operations
          case .fusedSrliBne:
            Execute.srli(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            break operations
          case .fusedAddwBeq:
            Execute.addw(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            break operations
          case .fusedAddwBne:
            Execute.addw(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            break operations
          case .fusedAddiwBeq:
            Execute.addiw(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            break operations
          case .fusedAddiwBne:
            Execute.addiw(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            break operations
          case .fusedAndiBeq:
            Execute.andi(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            break operations
          case .fusedAndiBne:
            Execute.andi(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            break operations
          case .fusedLbuBeq:
            try Execute.lbu(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            break operations
          case .fusedLbuBne:
            try Execute.lbu(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            break operations
          case .fusedLwBeq:
            try Execute.lw(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            break operations
          case .fusedLwBne:
            try Execute.lw(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            break operations
          case .fusedLdBeq:
            try Execute.ld(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            break operations
          case .fusedLdBne:
            try Execute.ld(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            break operations
          case .fusedAddiBlt:
            Execute.addi(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.blt(h, op.pointee))
            break operations
          case .fusedAddiBltu:
            Execute.addi(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bltu(h, op.pointee))
            break operations
          case .fusedAddiBge:
            Execute.addi(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bge(h, op.pointee))
            break operations
          case .fusedAddiBgeu:
            Execute.addi(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bgeu(h, op.pointee))
            break operations
          case .fusedAddiwBlt:
            Execute.addiw(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.blt(h, op.pointee))
            break operations
          case .fusedAddiwBltu:
            Execute.addiw(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bltu(h, op.pointee))
            break operations
          case .fusedAddiwBge:
            Execute.addiw(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bge(h, op.pointee))
            break operations
          case .fusedAddiwBgeu:
            Execute.addiw(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bgeu(h, op.pointee))
            break operations
          case .fusedAddwBlt:
            Execute.addw(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.blt(h, op.pointee))
            break operations
          case .fusedAddwBltu:
            Execute.addw(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bltu(h, op.pointee))
            break operations
          case .fusedAddwBge:
            Execute.addw(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bge(h, op.pointee))
            break operations
          case .fusedAddwBgeu:
            Execute.addw(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bgeu(h, op.pointee))
            break operations
          case .fusedAddBlt:
            Execute.add(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.blt(h, op.pointee))
            break operations
          case .fusedAddBltu:
            Execute.add(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bltu(h, op.pointee))
            break operations
          case .fusedAddBge:
            Execute.add(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bge(h, op.pointee))
            break operations
          case .fusedAddBgeu:
            Execute.add(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bgeu(h, op.pointee))
            break operations
          case .fusedSlliBlt:
            Execute.slli(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.blt(h, op.pointee))
            break operations
          case .fusedSlliBltu:
            Execute.slli(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bltu(h, op.pointee))
            break operations
          case .fusedSlliBge:
            Execute.slli(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bge(h, op.pointee))
            break operations
          case .fusedSlliBgeu:
            Execute.slli(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bgeu(h, op.pointee))
            break operations
          case .fusedSlliwSlliw:
            Execute.slliw(h, op.pointee)
            op += 1
            Execute.slliw(h, op.pointee)
            op += 1
          case .fusedSlliwOr:
            Execute.slliw(h, op.pointee)
            op += 1
            Execute.or(h, op.pointee)
            op += 1
          case .fusedSlliwAnd:
            Execute.slliw(h, op.pointee)
            op += 1
            Execute.and(h, op.pointee)
            op += 1
          case .fusedSlliwAddi:
            Execute.slliw(h, op.pointee)
            op += 1
            Execute.addi(h, op.pointee)
            op += 1
          case .fusedSlliwAdd:
            Execute.slliw(h, op.pointee)
            op += 1
            Execute.add(h, op.pointee)
            op += 1
          case .fusedSrliwSlliw:
            Execute.srliw(h, op.pointee)
            op += 1
            Execute.slliw(h, op.pointee)
            op += 1
          case .fusedSrliwOr:
            Execute.srliw(h, op.pointee)
            op += 1
            Execute.or(h, op.pointee)
            op += 1
          case .fusedSrliwAnd:
            Execute.srliw(h, op.pointee)
            op += 1
            Execute.and(h, op.pointee)
            op += 1
          case .fusedSrliwAddi:
            Execute.srliw(h, op.pointee)
            op += 1
            Execute.addi(h, op.pointee)
            op += 1
          case .fusedSrliwAdd:
            Execute.srliw(h, op.pointee)
            op += 1
            Execute.add(h, op.pointee)
            op += 1
          case .fusedLbuLbu:
            try Execute.lbu(h, op.pointee)
            op += 1
            try Execute.lbu(h, op.pointee)
            op += 1
          case .fusedLwLw:
            try Execute.lw(h, op.pointee)
            op += 1
            try Execute.lw(h, op.pointee)
            op += 1
          case .fusedLdLd:
            try Execute.ld(h, op.pointee)
            op += 1
            try Execute.ld(h, op.pointee)
            op += 1
          case .fusedSwSw:
            try Execute.sw(h, op.pointee)
            op += 1
            try Execute.sw(h, op.pointee)
            op += 1
          case .fusedSdSd:
            try Execute.sd(h, op.pointee)
            op += 1
            try Execute.sd(h, op.pointee)
            op += 1
          case .fusedOrSlliw:
            Execute.or(h, op.pointee)
            op += 1
            Execute.slliw(h, op.pointee)
            op += 1
          case .fusedAndSlliw:
            Execute.and(h, op.pointee)
            op += 1
            Execute.slliw(h, op.pointee)
            op += 1
          case .fusedAndiSlliw:
            Execute.andi(h, op.pointee)
            op += 1
            Execute.slliw(h, op.pointee)
            op += 1
          case .fusedAndSrliw:
            Execute.and(h, op.pointee)
            op += 1
            Execute.srliw(h, op.pointee)
            op += 1
          case .fusedLuiAddi:
            Execute.lui(h, op.pointee)
            op += 1
            Execute.addi(h, op.pointee)
            op += 1
          case .fusedLuiAddiw:
            Execute.lui(h, op.pointee)
            op += 1
            Execute.addiw(h, op.pointee)
            op += 1
          case .fusedAuipcAddi:
            Execute.auipc(h, op.pointee, op.address(pc))
            op += 1
            Execute.addi(h, op.pointee)
            op += 1
          case .fusedAuipcLd:
            Execute.auipc(h, op.pointee, op.address(pc))
            op += 1
            try Execute.ld(h, op.pointee)
            op += 1
          case .fusedMulAdd:
            Execute.mul(h, op.pointee)
            op += 1
            Execute.add(h, op.pointee)
            op += 1
          case .fusedMulOr:
            Execute.mul(h, op.pointee)
            op += 1
            Execute.or(h, op.pointee)
            op += 1
          case .fusedSubMul:
            Execute.sub(h, op.pointee)
            op += 1
            Execute.mul(h, op.pointee)
            op += 1
          case .fusedSubSrai:
            Execute.sub(h, op.pointee)
            op += 1
            Execute.srai(h, op.pointee)
            op += 1
          case .fusedSltuAdd:
            Execute.sltu(h, op.pointee)
            op += 1
            Execute.add(h, op.pointee)
            op += 1
          case .fusedAddwSltu:
            Execute.addw(h, op.pointee)
            op += 1
            Execute.sltu(h, op.pointee)
            op += 1
          case .countedJal:
            (from, pc, link) = jump(h, op, pc)
            budget &+= op.settle()
            break operations
          case .countedJalr:
            pc = indirectJump(h, op, pc)
            budget &+= op.settle()
            guard let next = known(h, pc) else {
              h.leave(pc, budget)
              return .recheck
            }
            op = next
            budget &-= op.blockWeight
            if budget < 0 {
              h.leave(pc, budget &+ op.blockWeight)
              return .budget
            }
          case .countedBeq:
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedBne:
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedBlt:
            (from, pc, link) = branch(op, pc, Execute.blt(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedBge:
            (from, pc, link) = branch(op, pc, Execute.bge(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedBltu:
            (from, pc, link) = branch(op, pc, Execute.bltu(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedBgeu:
            (from, pc, link) = branch(op, pc, Execute.bgeu(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedAddBeq:
            Execute.add(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedAddBne:
            Execute.add(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedAddiBeq:
            Execute.addi(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedAddiBne:
            Execute.addi(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedSubBeq:
            Execute.sub(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedSubBne:
            Execute.sub(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedXorBeq:
            Execute.xor(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedXorBne:
            Execute.xor(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedOrBeq:
            Execute.or(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedOrBne:
            Execute.or(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedAndBeq:
            Execute.and(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedAndBne:
            Execute.and(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedSlliBeq:
            Execute.slli(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedSlliBne:
            Execute.slli(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedSrliBeq:
            Execute.srli(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedSrliBne:
            Execute.srli(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedAddwBeq:
            Execute.addw(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedAddwBne:
            Execute.addw(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedAddiwBeq:
            Execute.addiw(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedAddiwBne:
            Execute.addiw(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedAndiBeq:
            Execute.andi(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedAndiBne:
            Execute.andi(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedLbuBeq:
            try Execute.lbu(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedLbuBne:
            try Execute.lbu(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedLwBeq:
            try Execute.lw(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedLwBne:
            try Execute.lw(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedLdBeq:
            try Execute.ld(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.beq(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedLdBne:
            try Execute.ld(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bne(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedAddiBlt:
            Execute.addi(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.blt(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedAddiBltu:
            Execute.addi(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bltu(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedAddiBge:
            Execute.addi(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bge(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedAddiBgeu:
            Execute.addi(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bgeu(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedAddiwBlt:
            Execute.addiw(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.blt(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedAddiwBltu:
            Execute.addiw(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bltu(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedAddiwBge:
            Execute.addiw(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bge(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedAddiwBgeu:
            Execute.addiw(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bgeu(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedAddwBlt:
            Execute.addw(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.blt(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedAddwBltu:
            Execute.addw(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bltu(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedAddwBge:
            Execute.addw(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bge(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedAddwBgeu:
            Execute.addw(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bgeu(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedAddBlt:
            Execute.add(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.blt(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedAddBltu:
            Execute.add(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bltu(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedAddBge:
            Execute.add(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bge(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedAddBgeu:
            Execute.add(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bgeu(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedSlliBlt:
            Execute.slli(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.blt(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedSlliBltu:
            Execute.slli(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bltu(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedSlliBge:
            Execute.slli(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bge(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .countedFusedSlliBgeu:
            Execute.slli(h, op.pointee)
            op += 1
            (from, pc, link) = branch(op, pc, Execute.bgeu(h, op.pointee))
            budget &+= op.settle()
            break operations
          case .illegal: throw Departure.trap(Trap(.illegalInstruction))
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
