# SBI RFENCE: fences on other harts. A hart can only fence for itself, so it asks the others and waits for them.

#include "firmware.h"

        .equ    REQUEST_FUNCTION, 0
        .equ    REQUEST_START, 8
        .equ    REQUEST_SIZE, 16
        .equ    REQUEST_ID, 24          # an ASID or a VMID
        .equ    REQUEST_HGATP, 32       # the asking hart's
        .equ    PAGE_SIZE, 4096
        .equ    MOST_PAGES, 16          # beyond, one fence for everything is cheaper
        .equ    MISA_H, 1 << 7

# sbi_rfence(a0: mask, a1: base, a2: start, a3: size, a4: ASID or VMID, a6: function).
#
# There is one request at a time, guarded by a lock. Whoever waits, for the lock or for the others, goes on taking
# messages: two harts that fence at the same time wait for one another, and with interrupts off they would do so for
# ever.
function sbi_rfence
        li      t0, 6
        bltu    t0, a6, not_supported
        li      t0, 3
        bltu    a6, t0, 1f
        csrr    t0, misa
        andi    t0, t0, MISA_H
        beqz    t0, not_supported       # functions 3 to 6 are for hypervisors
1:      enter   64
        sd      s1, 0(sp)
        sd      s2, 8(sp)
        sd      s3, 16(sp)
        sd      s4, 24(sp)
        mv      s2, a2
        mv      s3, a3
        mv      s4, a4
        call    started_harts
        bnez    a0, 7f
        mv      s1, a1
2:      la      t0, fence_lock
        li      t1, 1
        amoswap.w.aq t1, t1, (t0)
        beqz    t1, 3f
        call    take_messages
        j       2b

3:      la      t0, fence_request
        sd      a6, REQUEST_FUNCTION(t0)
        sd      s2, REQUEST_START(t0)
        sd      s3, REQUEST_SIZE(t0)
        sd      s4, REQUEST_ID(t0)
        csrr    t1, misa
        andi    t1, t1, MISA_H
        beqz    t1, 4f
        csrr    t1, CSR_HGATP
        sd      t1, REQUEST_HGATP(t0)
4:      csrr    t0, mhartid
        li      t1, 1
        sll     t1, t1, t0
        and     s3, s1, t1              # is this hart itself meant?
        xor     s1, s1, s3
        mv      t0, s1                  # the others are counted before one of them can answer
        li      t1, 0
5:      beqz    t0, 6f
        andi    t2, t0, 1
        add     t1, t1, t2
        srli    t0, t0, 1
        j       5b
6:      la      t0, fence_outstanding
        sw      t1, 0(t0)
        mv      a0, s1
        li      a1, MESSAGE_FENCE
        call    send_messages
        beqz    s3, 8f
        call    execute_fence
8:      la      t0, fence_outstanding
        lw      t0, 0(t0)
        beqz    t0, 9f
        call    take_messages
        j       8b
9:      la      t0, fence_lock
        fence   rw, rw
        amoswap.w.rl zero, zero, (t0)
        li      a0, SBI_SUCCESS
7:      li      a1, 0
        ld      s1, 0(sp)
        ld      s2, 8(sp)
        ld      s3, 16(sp)
        ld      s4, 24(sp)
        leave   64

# execute_fence() executes the request on this hart. Changes t registers and a0 only.
function execute_fence
        .option push
        .option arch, +h
        la      t0, fence_request
        ld      t1, REQUEST_FUNCTION(t0)
        ld      t2, REQUEST_START(t0)
        ld      t3, REQUEST_SIZE(t0)
        ld      t4, REQUEST_ID(t0)
        beqz    t1, fence_instructions
        li      t5, 3
        bgeu    t1, t5, fence_guests
        li      t5, MOST_PAGES * PAGE_SIZE
        li      t6, 2
        addi    a0, t3, -1
        bgeu    a0, t5, fence_all       # size 0 and -1 mean everything
        add     t3, t3, t2              # the end
        li      t5, -PAGE_SIZE
        and     t2, t2, t5
        li      t5, PAGE_SIZE
1:      bgeu    t2, t3, 4f
        beq     t1, t6, 2f
        sfence.vma t2
        j       3f
2:      sfence.vma t2, t4
3:      add     t2, t2, t5
        j       1b
fence_instructions:
        fence.i
4:      ret
fence_all:
        beq     t1, t6, 5f
        sfence.vma
        ret
5:      sfence.vma zero, t4
        ret

# For hypervisors, always everything that the identifier names. A fence of VS-stage translations means the VMID in
# hgatp, so that must for a moment be the asking hart's.
fence_guests:
        beq     t1, t5, 6f              # 3: G-stage of one VMID
        addi    t5, t5, 1
        beq     t1, t5, 7f              # 4: G-stage
        ld      t2, REQUEST_HGATP(t0)
        csrrw   t2, CSR_HGATP, t2
        addi    t5, t5, 1
        beq     t1, t5, 8f              # 5: VS-stage of one ASID
        hfence.vvma                     # 6: VS-stage
        j       9f
8:      hfence.vvma zero, t4
9:      csrw    CSR_HGATP, t2
        ret
6:      hfence.gvma zero, t4
        ret
7:      hfence.gvma
        ret
        .option pop

        .bss
        .balign 8
        .globl  fence_request
        .type   fence_request, @object
        .size   fence_request, 40
fence_request:
        .zero   40
        .globl  fence_outstanding
        .type   fence_outstanding, @object
        .size   fence_outstanding, 4
fence_outstanding:                      # harts that have not answered yet
        .zero   4
fence_lock:
        .zero   4
