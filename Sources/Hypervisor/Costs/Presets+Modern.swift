extension CostModel {
  /// An x86 processor of the 2010s with nested paging, tagged TLBs and a page-walk cache. Less of it is published in one place
  /// than of the other two, hence more rows are design.
  static let modernText = """
    name modern-x86
    title An x86 processor of the 2010s: cheap exits, tagged TLBs, a page-walk cache

    # What the physical hart does
    instruction 1 cycles/instruction definition
    trap-entry-ecall 60 cycles/trap design: half of a system call's way in and out
    trap-entry-exception 200 cycles/trap design: three times a system call, for the descriptor table is read
    trap-entry-page-fault 200 cycles/trap design: as trap-entry-exception; the walk before it is charged as references
    trap-entry-interrupt 200 cycles/trap design: as trap-entry-exception
    trap-return 60 cycles/return design: the other half of a system call
    exit-switch 332 cycles/exit calibrated: Agesen et al., USENIX ATC 2012, Table 1: the round trip of a Sandy Bridge takes
      784; half of that, less trap-entry-ecall
    entry-switch 332 cycles/entry calibrated: the other half, less trap-return
    page-table-reference 30 cycles/reference design: between 11 (the L2 cache has it) and 100 (it has not), both from Bhargava
      et al., ASPLOS 2008, Table 2
    walk-cache-hit 2 cycles/reference Bhargava et al., ASPLOS 2008, Table 2
    tlb-flush 50 cycles/fence design: the fence itself; the references that refill the TLB come on top by themselves
    csr-access 0 cycles/access design: reading a control register is an instruction like any other
    csr-write 40 cycles/write design: writes of control registers serialize; a third of the Pentium 4's
    bus-access 1000 cycles/access design: a read across PCI Express, some hundred nanoseconds

    # What the monitor does
    save-registers 35 cycles/exit design: 31 stores and an exchange, as on RISC-V
    restore-registers 35 cycles/entry design: 31 loads and an exchange, as on RISC-V
    swap-csr 0 cycles/csr the control structure does it: part of exit-switch and entry-switch
    read-control 52 cycles/read Adams and Agesen, ASPLOS 2006, Table 1: a VMCB read of a Core 2 Duo, the last one published
    fetch-decode 936 cycles/exit calibrated: an exit that emulates an access takes 3000 in all (Agesen et al., section 3), less
      exit, entry, registers, ten read-control, emulate and device-model
    emulate 200 cycles/instruction Adams and Agesen, ASPLOS 2006, section 3.3: 216, rounded
    interpret 20 cycles/instruction design: the least of the 20 to 60 that tuned interpreters take
    walk-reference 50 cycles/reference design: a load that sometimes misses, and a few instructions
    write-table 150 cycles/entry design: more than on the Pentium 4, for the reverse map is kept, too
    drop-entry 200 cycles/entry design: the reverse map, and the entry
    inject 100 cycles/trap design: as on RISC-V
    device-model 350 cycles/access design: as on RISC-V
    hypercall 100 cycles/call design: it makes a call 1474, above the 1130 that Dall et al., ISCA 2016, imply for x86
    allocate-frame 200 cycles/frame design: a free list, and zeroing 4096 bytes by 64 stores of a cache line

    # What binary translation adds
    translate-instruction 2300 cycles/instruction Adams and Agesen, ASPLOS 2006, section 3
    call-out 600 cycles/call design: as on the Pentium 4, a little more than half of what a trap's way takes
    adapted-call 30 cycles/call design: five registers saved and loaded, and a jump to the handler that the place of the call names
    lookup 50 cycles/lookup design: the dispatcher's hash table, mostly cached
    chain 30 cycles/jump design: one store into the cache

    # How it is done: no prices
    control-reads 10 reads/exit Adams and Agesen, ASPLOS 2006, section 6.2
    flush-at-switch 0 0-or-1 entries of the TLB carry a tag of the virtual machine
    step-traces 0 0-or-1 the monitor emulates the store
    walk-cache-entries 24 entries Bhargava et al., ASPLOS 2008, Table 2
    nested-paging 1 0-or-1 Bhargava et al., ASPLOS 2008, measure a processor that has it
    """
}
