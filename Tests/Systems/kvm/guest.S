# What runs inside the virtual machine, in VS-mode from guest-physical 0x80000000. Each stage ends in a store to the device at
# 0x10000000, which the host prints: values that come out right only if the stage worked. Position independent, since the host
# copies it.

  .set device, 0x10000000
  .set sbi_console, 0x4442434e
  .set sbi_time, 0x54494d45
  .set sbi_reset, 0x53525354

# Prints a string by SBI's debug console, byte by byte: a trap to the hypervisor for each.
  .macro say string
  lla s1, \string
1:
  lbu a0, 0(s1)
  beqz a0, 2f
  li a6, 2
  li a7, sbi_console
  ecall
  addi s1, s1, 1
  j 1b
2:
  .endm

# Stores a register to the device.
  .macro report register, offset
  li t0, device
  sd \register, \offset(t0)
  .endm

  .option norvc
  .section .guest, "awx"
  .balign 4096
  .globl guest_start
guest_start:
  lla t0, trap
  csrw stvec, t0
  say hello

# The device by each width, and a load whose value goes on.
  li t0, device
  li t1, 0x1122334455667788
  sb t1, 0x00(t0)
  sh t1, 0x02(t0)
  sw t1, 0x04(t0)
  sd t1, 0x08(t0)
  lw t2, 0x10(t0)
  addi t2, t2, 1
  sd t2, 0x18(t0)

# Both stages of translation: gigapages for the device and for memory at 0x80000000, which also shows at 0x4000000000 - 1 GiB.
  lla t0, table
  srli t1, t0, 12
  li t2, 8 << 60
  or t1, t1, t2
  csrw satp, t1
  sfence.vma
  say paging
  lla t0, word
  li t1, 0x3f40000000
  add t1, t1, t0
  ld t2, 0(t1)
  report t2, 0x20

# A page fault that is the guest's own affair: the handler steps over the load.
  li s2, 0
  li t1, 0x40000123
  ld t2, 0(t1)
  report s2, 0x28
  report s3, 0x30

# An instruction that only a hypervisor has (hfence.gvma): KVM makes it an illegal instruction of the guest's.
  li s2, 0
  .word 0x62000073
  report s2, 0x38
  report s3, 0x40

# Floating point: 1.5 * 2.25 + 0.5.
  li t1, 1 << 13
  csrs sstatus, t1
  lla t0, numbers
  fld fa0, 0(t0)
  fld fa1, 8(t0)
  fld fa2, 16(t0)
  fmadd.d fa0, fa0, fa1, fa2
  fmv.x.d t2, fa0
  report t2, 0x48

# The timer: sleep until its interrupt has come, which is not before its time.
  li s2, 0
  rdtime a0
  li t1, 20000
  add a0, a0, t1
  mv s4, a0
  li a6, 0
  li a7, sbi_time
  ecall
  li t1, 1 << 5
  csrs sie, t1
  csrsi sstatus, 2
1:
  wfi
  beqz s2, 1b
  csrci sstatus, 2
  rdtime t2
  sltu t2, t2, s4
  report s2, 0x50
  report t2, 0x58

# Every page of memory once, so that the host's kernel maps each of them on demand; the sum of what was written.
  lla t0, table
  li t1, 1 << 20
  add t0, t0, t1
  li t1, 512
  li t2, 0
  li t4, 4096
2:
  sd t1, 0(t0)
  ld t3, 0(t0)
  add t2, t2, t3
  add t0, t0, t4
  addi t1, t1, -1
  bnez t1, 2b
  report t2, 0x60

  say goodbye
  li a0, 0
  li a1, 0
  li a6, 0
  li a7, sbi_reset
  ecall
3:
  j 3b

# Notes the cause in s2 and stval in s3. Exceptions continue behind the instruction of four bytes; an interrupt is switched off.
  .balign 4
trap:
  csrr s2, scause
  csrr s3, stval
  bltz s2, 1f
  csrr t6, sepc
  addi t6, t6, 4
  csrw sepc, t6
  sret
1:
  csrw sie, zero
  sret

hello:
  .asciz "kvm-guest: hello from VS-mode\n"
paging:
  .asciz "kvm-guest: paging is on\n"
goodbye:
  .asciz "kvm-guest: goodbye\n"
  .balign 8
word:
  .dword 0x0123456789abcdef
numbers:
  .double 1.5, 2.25, 0.5
# Sv39: [0] the device's gigapage, [1] nothing, [2] memory, [255] memory again. Bits D A W R V, and X for memory.
  .balign 4096
table:
  .dword 0xc7, 0, (0x80000 << 10) | 0xcf
  .zero 252 * 8
  .dword (0x80000 << 10) | 0xcf
  .zero 256 * 8
  .globl guest_end
guest_end:
