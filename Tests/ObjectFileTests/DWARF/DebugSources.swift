/// What the sample programs are made of.
enum DebugSources {
  /// Expressions and what they compute from a stack with the call frame address; nil where nothing.
  static let expressions: [(operations: [UInt8], value: @Sendable (UInt64) -> UInt64?)] = [
    ([0x09, 0xfb, 0x19], { _ in 5 }),  // const1s -5 abs
    ([0x09, 0xf9, 0x32, 0x1b], { _ in 0 &- 3 }),  // const1s -7 lit2 div
    ([0x37, 0x34, 0x1d], { _ in 3 }),  // lit7 lit4 mod
    ([0x31, 0x08, 40, 0x24, 0x1f, 0x20], { _ in (1 << 40) - 1 }),  // lit1 const1u 40 shl neg not
    ([0x09, 0xf0, 0x32, 0x26, 0x09, 0xf0, 0x32, 0x25, 0x27], { _ in 0xc000_0000_0000_0000 }),  // shra, shr, xor
    ([0x31, 0x32, 0x33, 0x17, 0x1c], { _ in .max }),  // lit1 lit2 lit3 rot minus: 1 - 2
    ([0x34, 0x39, 0x14, 0x15, 0x02, 0x22], { _ in 8 }),  // lit4 lit9 over pick 2 plus: 4 + 4
    ([0x33, 0x33, 0x29, 0x28, 1, 0, 0x30, 0x35, 0x1e], { $0 &* 5 }),  // lit3 lit3 eq bra +1 (lit0) lit5 mul
    ([0x2f, 0xfd, 0xff], { _ in nil }),  // skip -3, for ever
    ([0x23, 0x80, 0x01, 0x31, 0x16, 0x13], { _ in 1 }),  // plus_uconst 128 lit1 swap drop
    ([0x82, 0x08, 0x94, 0x04], { _ in (18 << 40 + 8) & 0xffff_ffff }),  // breg18 8 deref_size 4
    ([0x09, 0xff, 0x31, 0x2d, 0x31, 0x09, 0xff, 0x2b, 0x1a], { _ in 1 }),  // -1 < 1, and 1 > -1
    // const2u, const4u, const8u, const2s, const4s, consts
    (
      [
        0x0a, 0xff, 0xff, 0x0c, 1, 0, 0, 0x80, 0x0e, 1, 0, 0, 0, 0, 0, 0, 1, 0x0b, 0xff, 0xff, 0x0d, 0xfe, 0xff, 0xff,
        0xff,
      ]
        + [0x11, 0x7f, 0x22, 0x22, 0x22, 0x22, 0x22], { _ in 0xffff + 0x8000_0001 + 0x100_0000_0000_0001 - 4 }
    ),
    ([0x30, 0x30, 0x1b], { _ in nil }),  // lit0 lit0 div
  ]

  private static let escapes = expressions.enumerated().map { index, expression in
    let bytes = [0x16, UInt8(18 + index), UInt8(expression.operations.count)] + expression.operations
    return "  .cfi_escape " + bytes.map(String.init).joined(separator: ", ")
  }.joined(separator: "\n")

  static let all = [
    "start.S": """
      .globl _start
      .section .text.start, "ax"
    _start:
      la sp, stack_top
      li a0, 3
      call run
    1:
      wfi
      j 1b
      .bss
      .space 256
    stack_top:
      .space 8

    """,
    // Every kind of rule.
    "frames.S": """
      .globl _start
      .text
      .cfi_sections .eh_frame
    _start:
      .cfi_startproc
      .cfi_undefined ra
      addi sp, sp, -64
      .cfi_def_cfa_offset 64
      sd ra, 56(sp)
      .cfi_offset ra, -8
      .cfi_remember_state
      mv s0, sp
      .cfi_def_cfa_register s0
      .cfi_same_value s1
      .cfi_register s2, a3
      .cfi_offset s3, 16
      .cfi_escape 0x15, 20, 3
      .cfi_escape 0x14, 21, 2
      .cfi_escape 0x10, 22, 2, 0x72, 8
      .cfi_escape 0x16, 23, 2, 0x72, 0x70
      nop
      .cfi_def_cfa s0, 128
      .cfi_escape 0x12, 8, 0x70
      nop
      .cfi_escape 0x13, 0x60
      nop
      .cfi_escape 0x0f, 2, 0x72, 32
      nop
      .cfi_restore_state
      .cfi_escape 0x11, 25, 0x7f
      .cfi_escape 0x05, 26, 3
      nop
      .cfi_restore ra
      ret
      .cfi_endproc

      .globl expressions
    expressions:
      .cfi_startproc
    \(escapes)
      ret
      .cfi_endproc

      .section .text.traps, "axR"
      .globl trap
    trap:
      .cfi_startproc
      .cfi_signal_frame
      .cfi_return_column t0
      .rept 100
      nop
      .endr
      addi sp, sp, -32
      .cfi_adjust_cfa_offset 32
      .fill 5000, 4, 0x13
      .cfi_offset t0, -16
      ret
      .cfi_endproc

    """,
    "include/inline.h": """
    #pragma once
    static inline __attribute__((always_inline)) long twice(long value) {
      long doubled = value * 2;
      return doubled + 1;
    }

    """,
    "program.c": """
    #include "inline.h"
    #include <stdint.h>

    enum color { RED, GREEN = 5, BLUE = -7 };
    typedef enum color color_t;
    typedef unsigned long size_type;

    struct point { int x, y; };
    union word { uint32_t whole; uint8_t bytes[4]; float real; };
    struct flags { unsigned ready : 1; unsigned level : 3; int signed_part : 5; uint64_t wide : 40; };

    struct node {
      struct node *next;
      const char *name;
      struct point position;
      union word word;
      color_t color;
      volatile int count;
      int matrix[2][3];
      int (*compare)(const struct node *, size_type);
      struct { short inner; struct flags bits; } nested;
      void *const opaque;
      _Bool done;
      char letter;
    };

    struct incomplete;
    struct incomplete *unknown;

    static int by_count(const struct node *node, size_type limit) { return node->count < (int)limit; }

    static struct node second = {.name = "second", .color = BLUE, .count = 4};
    struct node first = {
      .next = &second, .name = "first", .position = {3, -4}, .word.whole = 0x40490fdb, .color = GREEN, .count = 9,
      .matrix = {{1, 2, 3}, {4, 5, 6}}, .compare = by_count, .nested = {-2, {1, 6, -3, 0x123456789aull}}, .done = 1,
      .letter = 'q',
    };
    color_t favourite = BLUE;
    const int limits[] = {10, 20, 30};
    char buffer[16] = "text";
    volatile long total;
    double ratio = 1.5;

    __attribute__((noinline)) long walk(const struct node *node, int depth) {
      long sum = 0;
      while (node && depth > 0) {
        struct point position = node->position;
        sum += twice(node->count) + position.x;
        for (int row = 0; row < 2; row++) {
          int cell = node->matrix[row][depth % 3];
          sum += cell;
        }
        node = node->next;
        depth--;
      }
      return sum;
    }

    __attribute__((noinline)) long recurse(long n, long *out) {
      long local[4] = {n, n + 1, n + 2, n + 3};
      if (n > 0) *out += recurse(n - 1, out) + local[n & 3];

      return twice(n) + local[0];
    }

    long run(long seed) {
      total = walk(&first, (int)seed);
      long extra = twice(seed) + twice(total);
      total += recurse(seed, &extra);
      buffer[0] = (char)extra;
      return first.compare(&first, limits[seed & 1]);
    }

    """,
    "program.swift": """
    struct Point { var x: Int; var y: Int32; var isSet: Bool }
    enum Phase { case idle, running, stopped }
    enum Event { case none; case key(UInt8); case block(address: UInt64, count: UInt32) }

    enum Single { case first, value(UInt64), last }
    struct Outer {
      var point: Point
      var small: UInt8
      var word: UInt32
      var optional: Int?
      var byte: UInt8?
      var phase: Phase
      var single: Single
      var tuple: (UInt8, UInt32)
      var pointer: UnsafeMutablePointer<UInt8>?
      var array: [Int]
      var text: StaticString
      var inline: InlineArray<3, UInt16>
      var last: UInt16
    }

    final class Process {
      var identifier: Int
      var point: Point
      var phase = Phase.running
      var event = Event.none
      init(identifier: Int) {
        self.identifier = identifier
        point = Point(x: identifier, y: 2, isSet: true)
      }

      @inline(never) func move(by distance: Int) -> Int {
        let old = point.x
        point.x += distance
        event = .block(address: UInt64(old), count: 4)
        return old
      }
    }

    nonisolated(unsafe) var current: Process?
    nonisolated(unsafe) var counter = 5
    nonisolated(unsafe) var origin = Point(x: 1, y: 2, isSet: false)
    nonisolated(unsafe) var phase = Phase.stopped
    nonisolated(unsafe) var outer = Outer(
      point: origin, small: 1, word: 2, optional: nil, byte: 3, phase: .idle, single: .last, tuple: (4, 5), pointer: nil,
      array: [], text: "text", inline: [7, 8, 9], last: 6)

    @inline(never) func sum(_ values: [Int], _ output: UnsafeMutablePointer<UInt64>) -> Int {
      var total = 0
      for value in values {
        total += value
        output.pointee = UInt64(truncatingIfNeeded: total)
      }
      return total
    }

    @c(run) public func run(_ seed: Int) -> Int {
      let process = Process(identifier: seed)
      current = process
      counter += process.move(by: 3)
      var cell: UInt64 = 0
      origin.x = sum([1, 2, seed], &cell)
      phase = process.phase
      outer.word = UInt32(truncatingIfNeeded: seed)
      return origin.x + counter + Int(truncatingIfNeeded: cell)
    }

    """,
    "runtime.c": """
    typedef __SIZE_TYPE__ size_t;
    static char heap[4096];
    static size_t used;
    int posix_memalign(void **result, size_t alignment, size_t size) {
      used = (used + alignment - 1) & -alignment;
      *result = heap + used;
      used += size;
      return 0;
    }
    void free(void *pointer) { (void)pointer; }
    void *memset(void *destination, int value, size_t count) {
      for (volatile char *byte = destination; count--; byte++) *byte = (char)value;
      return destination;
    }
    void *memmove(void *destination, const void *source, size_t count) {
      volatile char *to = destination;
      const char *from = source;
      for (size_t i = 0; i < count; i++) to[i] = from[i];
      return destination;
    }
    void *memcpy(void *destination, const void *source, size_t count) { return memmove(destination, source, count); }

    """,
  ]
}
