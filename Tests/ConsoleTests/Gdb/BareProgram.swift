/// What a program needs to run on the board with nothing under it.
enum BareProgram {
  /// Assembly that gives a stack, calls the function `name`, and ends the run.
  static func start(calling name: String) -> String {
    """
        .section .text.start
        .globl _start
    _start:
        la sp, stack_top
        call \(name)
        li t0, 0x100000
        li t1, 0x5555
        sw t1, 0(t0)
    1:  j 1b
        .bss
        .balign 16
    stack: .space 16384
    stack_top:

    """
  }

  /// A linker script: code at the start of RAM.
  static let script = """
    ENTRY(_start)
    SECTIONS {
      . = 0x80000000;
      .text : { *(.text.start) *(.text*) }
      .rodata : { *(.rodata* .srodata*) }
      .data : { *(.data* .sdata*) }
      .bss : { *(.bss* .sbss*) }
    }

    """
}
