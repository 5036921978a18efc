# Instructions that are tried one by one.

# What a program does, in user mode, without a page table ...
        .text
        .balign 4
        .globl  read_sstatus_as_user
read_sstatus_as_user:
        csrr    a0, sstatus
        ecall
        .balign 4
        .globl  sret_as_user
sret_as_user:
        sret
        ecall
        .balign 4
        .globl  fence_as_user
fence_as_user:
        sfence.vma
        ecall
        .balign 4
        .globl  breakpoint_as_user
breakpoint_as_user:
        .option push
        .option norvc
        ebreak
        .option pop
        ecall
        .balign 4
        .globl  call_as_user
call_as_user:
        ecall
        ecall

# In supervisor mode, with `sret` to the next instruction: sret_here(status) writes sstatus and returns what it is afterwards.
        .globl  sret_here
        .type   sret_here, @function
sret_here:
        la      t0, 1f
        csrw    sepc, t0
        csrw    sstatus, a0
        sret
        .balign 4
1:      csrr    a0, sstatus
        csrci   sstatus, 2              # no interrupt is wanted
        ret
