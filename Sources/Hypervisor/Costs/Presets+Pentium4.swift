extension CostModel {
  /// The machine of Adams and Agesen, ASPLOS 2006: a Pentium 4 672 of 3.8 GHz, the first with VT-x. Their totals come out: an
  /// emulated instruction 2030, a call-out with one 1254, a true fault under software 3223 and 3927, a page-table write under
  /// hardware with shadows 12733.
  static let pentium4Text = """
    name pentium4-2005
    title A Pentium 4 672 of 2005, as Adams and Agesen measured it: dear traps, first VT-x, a TLB without tags

    # What the physical hart does
    instruction 1 cycles/instruction definition: their plain store takes a cycle
    trap-entry-ecall 121 cycles/trap half of a native system call of 242, read off the logarithmic plot of Figure 4
    trap-entry-exception 768 cycles/trap Adams and Agesen, section 6.3: a native division by zero takes 889, less the
      handler's return of 121
    trap-entry-page-fault 972 cycles/trap Adams and Agesen, section 6.3: a native page fault takes 1093, less the
      handler's return of 121
    trap-entry-interrupt 768 cycles/trap as trap-entry-exception: both go through the descriptor table
    trap-return 120 cycles/return the other half of a native system call
    exit-switch 959 cycles/exit calibrated: Adams and Agesen, Table 1: an exit for a page fault takes 1931, less
      trap-entry-page-fault
    entry-switch 2289 cycles/entry calibrated: Adams and Agesen, Table 1: an entry takes 2409, less trap-return
    page-table-reference 100 cycles/reference Bhargava et al., ASPLOS 2008, Table 2: a miss of the L2 cache, on
      average
    walk-cache-hit 2 cycles/reference Bhargava et al., ASPLOS 2008, Table 2; unused: this machine has no walk cache
    tlb-flush 50 cycles/fence design: the fence itself; the references that refill the TLB come on top by themselves
    csr-access 0 cycles/access design: reading a control register is an instruction like any other
    csr-write 139 cycles/write Adams and Agesen, section 6.3: native cr8wr takes some 140, four times the 35 of
      translated code: it serializes
    bus-access 3208 cycles/access Adams and Agesen, section 6.3: a native in takes 3209

    # What the monitor does
    save-registers 35 cycles/exit design: 31 stores and an exchange, as on RISC-V
    restore-registers 35 cycles/entry design: 31 loads and an exchange, as on RISC-V
    swap-csr 0 cycles/csr the control structure does it: part of exit-switch and entry-switch
    read-control 178 cycles/read Adams and Agesen, Table 1: a VMCB read
    fetch-decode 856 cycles/exit calibrated: Adams and Agesen, section 3.3: rdtsc by trap-and-emulate takes 2030 in
      all, less trap, registers, emulate and return
    emulate 216 cycles/instruction Adams and Agesen, section 3.3: rdtsc emulated in the translation cache
    interpret 240 cycles/instruction Bellard, USENIX ATC 2005, section 6: 30 times slower than a translator that is
      itself 8 times slower than the machine
    walk-reference 125 cycles/reference calibrated: Adams and Agesen, section 6.3: a page fault takes software 3927 in
      all, less a trap's way without emulate, inject and a call-out for the handler's return: a quarter of the rest,
      for x86-64 has four levels
    write-table 100 cycles/entry design: what drop-entry leaves
    drop-entry 153 cycles/entry calibrated: Adams and Agesen, section 6.3: ptemod takes hardware 12733 in all, less
      two round trips with ten VMCB reads and registers, and two write-table. The mechanism adds what it takes to find
      out that the store is traced
    inject 155 cycles/trap calibrated: Adams and Agesen, section 6.3: a division by zero takes software 3223 in all,
      less a trap's way without emulate, and a call-out for the handler's return
    device-model 100 cycles/access design: a translated in takes 214, and no more than this of it can be the device's.
      The 15826 of hardware do not come out: the paper does not say what they are made of
    hypercall 200 cycles/call design: as on RISC-V
    allocate-frame 300 cycles/frame design: a free list, and zeroing 4096 bytes

    # What binary translation adds
    translate-instruction 2300 cycles/instruction Adams and Agesen, section 3
    call-out 727 cycles/call calibrated: Adams and Agesen, section 3.3: rdtsc by a call-out takes 1254 in all, less trap,
      registers, emulate and return
    adapted-call 30 cycles/call design: five registers saved and loaded, and a jump to the handler that the place of the call names
    lookup 100 cycles/lookup design: the dispatcher's hash table, with a miss of the cache
    chain 50 cycles/jump design: one store into the cache

    # How it is done: no prices
    control-reads 10 reads/exit Adams and Agesen, section 6.2: a typical exit needs ten
    flush-at-switch 1 0-or-1 the TLB of this processor has no tags
    step-traces 1 0-or-1 twice the round trip is in the 12733 of ptemod: unprotect and step, then protect again
    walk-cache-entries 0 entries a flat price for every reference
    nested-paging 0 0-or-1 Adams and Agesen, section 6: the first VT-x has no support for the MMU
    """
}
