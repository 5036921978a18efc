import RISCV

/// The board's address decoder for everything that is not RAM: windows of devices, sorted by address, found by binary search.
///
/// Harts ask for naturally aligned accesses; an unaligned one is refused here all the same, so that no device sees it.
package final class Bus: SystemBus {
  /// One device and the guest-physical addresses it answers.
  package struct Window {
    package let base: UInt64
    package let device: any Device
    package var end: UInt64 { base + device.windowSize }
  }

  /// In ascending order of address, none overlapping.
  package private(set) var windows: [Window] = []
  /// Told of each load and store that no device answers, or that a device refuses, before the hart takes its trap.
  package var onUnanswered: ((GuestPhysicalAddress, AccessWidth, _ isWrite: Bool) -> Void)?

  package init() {}

  /// Puts a device on the board, and returns it. The window may not overlap another: that would be our mistake.
  @discardableResult
  package func attach<Attached: Device>(_ device: Attached, at base: UInt64) -> Attached {
    let window = Window(base: base, device: device)
    let index = windows.firstIndex { $0.base > base } ?? windows.count
    precondition(base % 8 == 0 && device.windowSize % 8 == 0, "windows are whole doublewords")
    precondition(index == 0 || windows[index - 1].end <= base, "windows overlap")
    precondition(index == windows.count || window.end <= windows[index].base, "windows overlap")
    windows.insert(window, at: index)
    return device
  }

  /// The window that holds an address, if any.
  package func window(at address: GuestPhysicalAddress) -> Window? {
    var low = 0
    var high = windows.count
    while low < high {
      let middle = (low &+ high) / 2
      if windows[middle].base <= address.value { low = middle &+ 1 } else { high = middle }
    }
    guard low > 0 else { return nil }
    let window = windows[low &- 1]
    return address.value &- window.base < window.device.windowSize ? window : nil
  }

  package func read(_ address: GuestPhysicalAddress, width: AccessWidth, hart: Int) throws(BusFault) -> UInt64 {
    if address.value & UInt64(width.rawValue &- 1) == 0, let window = window(at: address),
      let value = try? window.device.read(offset: address.value &- window.base, width: width)
    {
      return value
    }
    onUnanswered?(address, width, false)
    throw BusFault()
  }

  package func write(
    _ value: UInt64, to address: GuestPhysicalAddress, width: AccessWidth, hart: Int
  ) throws(BusFault) {
    if address.value & UInt64(width.rawValue &- 1) == 0, let window = window(at: address),
      (try? window.device.write(value & width.mask, offset: address.value &- window.base, width: width)) != nil
    {
      return
    }
    onUnanswered?(address, width, true)
    throw BusFault()
  }

  package func fetch(_ address: GuestPhysicalAddress) throws(BusFault) -> UInt16 {
    guard address.value & 1 == 0, let window = window(at: address) else { throw BusFault() }
    do {
      return try window.device.fetch(offset: address.value &- window.base)
    } catch {
      throw BusFault()
    }
  }
}

extension AccessWidth {
  /// Ones in the bits that an access of this width carries.
  package var mask: UInt64 { UInt64.max &>> (64 &- 8 &* UInt64(rawValue)) }
}
