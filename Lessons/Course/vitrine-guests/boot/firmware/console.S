# The console: a 16550A, by waiting until it is ready. No initialisation: the board's needs no baud rate.

#include "firmware.h"

# put_character(a0)
function put_character
        li      t0, UART
1:      lbu     t1, UART_LINE_STATUS(t0)
        andi    t1, t1, UART_TRANSMIT_EMPTY
        beqz    t1, 1b
        sb      a0, 0(t0)
        ret

# get_character() returns the next byte that was typed, or -1 if there is none.
function get_character
        li      t0, UART
        li      a0, -1
        lbu     t1, UART_LINE_STATUS(t0)
        andi    t1, t1, UART_RECEIVED
        beqz    t1, 1f
        lbu     a0, 0(t0)
1:      ret

# print(a0: a string that ends with 0)
function print
        enter   32
        sd      s1, 0(sp)
        mv      s1, a0
1:      lbu     a0, 0(s1)
        beqz    a0, 2f
        call    put_character
        addi    s1, s1, 1
        j       1b
2:      ld      s1, 0(sp)
        leave   32

# print_hex(a0) prints 0x and as many digits as are needed.
function print_hex
        enter   32
        sd      s1, 0(sp)
        mv      s1, a0
        say     "0x"
        mv      a0, s1
        li      a1, 16
        call    print_number
        ld      s1, 0(sp)
        leave   32

# print_decimal(a0)
function print_decimal
        li      a1, 10
        # and on into print_number

# print_number(a0, a1: base) makes the digits from the last to the first, then prints them from the first.
function print_number
        enter   96
        addi    t0, sp, 79
        sb      zero, 0(t0)
1:      remu    t1, a0, a1
        divu    a0, a0, a1
        addi    t2, t1, '0'
        li      t3, 10
        bltu    t1, t3, 2f
        addi    t2, t1, 'a' - 10
2:      addi    t0, t0, -1
        sb      t2, 0(t0)
        bnez    a0, 1b
        mv      a0, t0
        call    print
        leave   96

# fail() ends the run with a failing status, after a line that says why.
function fail
        li      t0, FINISHER
        li      t1, FINISHER_FAIL
        sw      t1, 0(t0)
        j       park
