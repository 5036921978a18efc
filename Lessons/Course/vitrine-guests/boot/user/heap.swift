/// `heap [PAGES]` asks `sbrk` for a page after the other (for as many as there are), writes to each, checks them all, and
/// gives them back. Out of memory is an answer, not an accident.
func run(_ arguments: Text) -> UInt64 {
  var words = arguments
  let limit = words.takeWord()?.number ?? UInt64.max
  let pageSize = 4096
  let free = Kernel.memory.free
  var pages: UInt64 = 0
  var first: UInt64 = 0
  while pages < limit {
    do throws(Failure) {
      let page = try Kernel.changeHeap(by: pageSize)
      if pages == 0 { first = page }
      place(page).pointee = page
      pages += 1
    } catch {
      print("heap: after \(pages) pages: \(error.text)")
      break
    }
  }
  var index: UInt64 = 0
  while index < pages {
    let page = first + index * UInt64(pageSize)
    if place(page).pointee != page {
      print("heap: page \(hex: page) has lost what was written to it")
      return 1
    }
    index += 1
  }
  _ = try? Kernel.changeHeap(by: -Int(pages) * pageSize)
  let after = Kernel.memory.free
  if after > free {
    print("heap: \(pages) pages written, checked and given back; \(after - free) came out of the balloon")
  } else {
    // Page tables for the heap stay until the program ends.
    print("heap: \(pages) pages written, checked and given back; \(free - after) page tables kept")
  }
  return 0
}

private func place(_ address: UInt64) -> UnsafeMutablePointer<UInt64> {
  UnsafeMutablePointer(bitPattern: UInt(address))!
}
