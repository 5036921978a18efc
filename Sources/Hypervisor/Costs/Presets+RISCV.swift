extension CostModel {
  /// A nominal RISC-V machine: in order, an instruction a cycle. What the rows add up to: an emulated instruction under
  /// trap-and-emulate 2000, a call-out with one 1200; into the monitor from VS 400, back 400; a hypercall 1000.
  static let riscvText = """
    name riscv
    title A nominal RISC-V machine: in order, one cycle an instruction; an exit is a trap and some 71 instructions of saving

    # What the physical hart does
    instruction 1 cycles/instruction definition: the machine runs one instruction a cycle
    trap-entry-ecall 40 cycles/trap design: the pipeline is emptied and a handler fetched; no published figure for a RISC-V core
    trap-entry-exception 40 cycles/trap design: as for an ecall; RISC-V makes no difference
    trap-entry-page-fault 40 cycles/trap design: as for an ecall; the walk before it is charged as references
    trap-entry-interrupt 40 cycles/trap design: as for an ecall
    trap-return 40 cycles/return design: the pipeline is emptied, as at the entry
    exit-switch 290 cycles/exit calibrated: an exit is half of the 761 to 784 cycles that Agesen et al., USENIX ATC 2012,
      Table 1 give for the round trip of a modern core, say 400, less trap-entry-ecall, save-registers and 7 swap-csr
    entry-switch 290 cycles/entry calibrated: the other half, less trap-return, restore-registers and 7 swap-csr
    page-table-reference 100 cycles/reference Bhargava et al., ASPLOS 2008, Table 2: a miss of the L2 cache, on average
    walk-cache-hit 2 cycles/reference Bhargava et al., ASPLOS 2008, Table 2; unused: this machine has no walk cache
    tlb-flush 50 cycles/fence design: the fence itself; the references that refill the TLB come on top by themselves
    csr-access 0 cycles/access definition: an instruction like any other
    csr-write 0 cycles/write definition: an instruction like any other
    bus-access 200 cycles/access design: an uncached access over a bus, as long as two misses of a cache

    # What the monitor does
    save-registers 35 cycles/exit 31 stores and the exchange of sscratch; RVirt's trap stub has 30 stores
    restore-registers 35 cycles/entry 31 loads and the exchange of sscratch; RVirt's trap stub has 30 loads
    swap-csr 5 cycles/csr csrrw, a load, a store; KVM's vcpu_switch.S takes 71 instructions an exit with 7 such, 72 an entry
    read-control 1 cycles/read a load: the monitor's structures lie in memory; unused, for control-reads is 0
    fetch-decode 1650 cycles/exit calibrated: an emulated instruction is 2000 in all (2030 in Adams and Agesen, ASPLOS 2006,
      section 3.3; 3209 +- 200 in Castes et al., KISV 2024, Table 3), less trap, registers, emulate and return
    emulate 200 cycles/instruction Adams and Agesen, ASPLOS 2006, section 3.3: 216 for rdtsc in the translation cache, rounded
    interpret 50 cycles/instruction libriscv's README: its interpreter is up to 20 times slower than translated code; tuned
      interpreters take 20 to 60
    walk-reference 100 cycles/reference as page-table-reference: a load that misses, and a few instructions
    write-table 400 cycles/entry calibrated: a hidden fault is 2500 in all: 1800 as for an emulated instruction without
      emulate, three walk-reference, and this
    drop-entry 700 cycles/entry calibrated: a traced store that touches two shadow entries is 3500 in all: 2000 as for an
      emulated instruction, and twice this with a tlb-flush
    inject 100 cycles/trap calibrated: a true page fault is 2200 in all: 1800 as for a hidden fault, three walk-reference, this
    device-model 350 cycles/access calibrated: a device access by a hardware exit is 3000 in all (Agesen et al., USENIX ATC
      2012, section 3, take 3000), less exit, entry, fetch-decode and emulate
    hypercall 200 cycles/call calibrated: a call that the kernel of the monitor serves is 1000 in all, less exit and entry;
      Dall et al., ISCA 2016, measured 376 (Xen) to 6500 (KVM) on ARM
    allocate-frame 200 cycles/frame design: a free list, and zeroing 4096 bytes by 64 stores of a cache line

    # What binary translation adds
    translate-instruction 2300 cycles/instruction Adams and Agesen, ASPLOS 2006, section 3
    call-out 850 cycles/call calibrated: a call-out that emulates is 1200 in all (Adams and Agesen, ASPLOS 2006, section 3.3:
      1254, of which 216 emulation), less trap, registers, emulate and return
    adapted-call 30 cycles/call design: five registers saved and loaded, and a jump to the handler that the place of the call names
    lookup 100 cycles/lookup design: the dispatcher's hash table, with a miss of the cache
    chain 50 cycles/jump design: one store into the cache and a fence.i

    # How it is done: no prices
    control-reads 0 reads/exit RISC-V has no control structure: the state of the guest is in CSRs
    flush-at-switch 0 0-or-1 entries of the TLB carry ASID and VMID
    step-traces 0 0-or-1 the monitor emulates the store
    walk-cache-entries 0 entries a flat price for every reference
    nested-paging 1 0-or-1 the H extension has it: hgatp
    """
}
