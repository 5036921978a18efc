/// A lock that harts wait for by looking at it again and again, in the order in which they came: each takes a ticket.
struct SpinLock {
  private var nextTicket: UInt32 = 0
  private var nowServing: UInt32 = 0

  mutating func acquire() {
    let ticket = atomic_add(&nextTicket, 1)
    while atomic_load(&nowServing) != ticket {}
  }

  mutating func release() {
    // Only the holder writes this word, so it may read it without ceremony.
    atomic_store(&nowServing, nowServing &+ 1)
  }
}

/// The one lock of the kernel.
///
/// Rule 1: whoever is in the kernel holds it: taken on the way in (handle_trap, the scheduler), let go on the way out
/// (leave_kernel, an idle hart). So no two harts are in the kernel at once, and everything the kernel has is safe.
/// Rule 2: in the kernel interrupts are off. They come while a program runs, or an idle hart asks for them.
/// Rule 3: the lock belongs to the hart, not to the process: it stays held across a switch, and who runs next lets it go.
nonisolated(unsafe) var kernelLock = SpinLock()
