// Views: a guest's RAM, whose pages lie in pages of the host's.
extension PhysicalMemory {
  /// It is a view of other RAM.
  package var isView: Bool { pageMap != nil }

  /// Who gives a page of the view its place, by ``place(page:at:)``, before the first store to it.
  package func whenPageIsTouched(_ body: @escaping (_ page: Int, _ cause: FirstTouch) -> Void) {
    pageMap?.onTouch = body
  }
  /// Who takes back the place of a page whose content is forgotten, by ``takeBack(page:)``.
  package func whenPageIsReturned(_ body: @escaping (_ page: Int, _ reason: PageReturn) -> Void) {
    pageMap?.onReturn = body
  }

  /// Has a page of the view lie in a page of the RAM below, by their numbers from the beginning of each.
  package func place(page: Int, at place: Int) { pageMap?.set(page, place) }
  /// Leaves a page of the view without a place, so that it reads as zeros.
  package func takeBack(page: Int) { pageMap?.set(page, nil) }
  /// The page of the RAM below in which a page of the view lies; nil where it has none.
  package func place(ofPage page: Int) -> Int? {
    guard let pageMap else { return page }
    return pageMap.hasPlace(page) ? Int(pageMap.places[page]) : nil
  }
  /// The page that lies in a page of the RAM below; nil where none does.
  package func page(at place: Int) -> Int? {
    guard let pageMap else { return place }
    let page = pageMap.pages[place]
    return page < 0 ? nil : Int(page)
  }
}

/// How a page of a view came to be needed first.
package enum FirstTouch: String, Sendable, CaseIterable {
  /// The guest's own load, store or fetch on the physical hart.
  case load, store, fetch
  /// The monitor stepped the virtual hart.
  case step
  /// A device, or whoever else is not a hart.
  case device
  /// An image was put there before the guest began.
  case image
}

/// Why the content of a page was given up.
package enum PageReturn: String, Sendable, CaseIterable {
  /// The guest's driver put it into the balloon.
  case balloon
  /// The guest's driver reported it as free.
  case reported
}

/// Which page of a RAM holds each page of a view, and the reverse.
final class PageMap {
  /// By page of the view: the page of the RAM below, or the one of zeros behind its end.
  let places: UnsafeMutablePointer<UInt32>
  /// By page of the RAM below: the page of the view, or -1.
  let pages: UnsafeMutablePointer<Int32>
  private let zeros: UInt32
  /// Keeps the RAM below.
  private let whole: PhysicalMemory
  var onTouch: ((_ page: Int, _ cause: FirstTouch) -> Void)?
  var onReturn: ((_ page: Int, _ reason: PageReturn) -> Void)?

  init(_ whole: PhysicalMemory, pageCount: Int) {
    self.whole = whole
    let count = Int(whole.size >> 12)
    zeros = UInt32(count)
    places = .allocate(capacity: pageCount)
    places.initialize(repeating: zeros, count: pageCount)
    pages = .allocate(capacity: count + 1)
    pages.initialize(repeating: -1, count: count + 1)
  }

  deinit {
    places.deallocate()
    pages.deallocate()
  }

  func hasPlace(_ page: Int) -> Bool { places[page] != zeros }

  @inline(__always)
  func settle(_ page: Int, _ cause: FirstTouch) {
    if places[page] == zeros { touch(page, cause) }
  }

  @inline(never)
  private func touch(_ page: Int, _ cause: FirstTouch) {
    onTouch?(page, cause)
    precondition(places[page] != zeros, "a page of a view that is stored to has a place")
  }

  func set(_ page: Int, _ place: Int?) {
    if hasPlace(page) { pages[Int(places[page])] = -1 }
    places[page] = place.map { UInt32($0) } ?? zeros
    if let place { pages[place] = Int32(page) }
  }
}
