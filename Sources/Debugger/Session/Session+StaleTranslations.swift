import Hypervisor
import Machine
import RISCV

/// A stale use of a translation, and how it came to it.
package struct StaleStory {
  package var use: StaleUse
  /// The store that made the tables say something else; nil where no instruction did, or it was not found.
  package var writer: StoreRecord?
  /// Why the search for it came to no end.
  package var obstacle: String?
}

// `set check stale-translation`: while it is on, a run stops where the TLB led somewhere that the tables no longer do.
extension Session {
  /// The guest's harts have TLBs of their own: no monitor translates for them.
  package var canCheckTranslations: Bool { technique.kind == .native || technique.kind == .emulation }

  /// The stale use that an event tells of; nil when the check keeps no more of them.
  func staleUse(_ event: Event, _ hart: Hart) -> StaleUse? {
    guard case .staleTranslation(let access, let address, _) = event.kind else { return nil }
    return hart.translationCheck?.uses.last {
      $0.use.retired == event.retired && $0.use.pc == event.pc && $0.access == access && $0.address.value == address
    }
  }

  /// TLB entries of all harts that the check found stale, and those where only A or D had been cleared.
  package var staleCounts: (stale: Int, cleared: Int) {
    machine.harts.reduce((0, 0)) { sum, hart in
      guard let check = hart.translationCheck else { return sum }
      return (sum.0 + check.staleCount, sum.1 + check.clearedCount)
    }
  }

  /// Finds, by running again, when the entry was filled and the store that changed the table.
  package func explain(_ use: StaleUse) -> StaleStory {
    var story = StaleStory(use: use)
    do throws(DebuggerError) {
      if use.filled == nil {
        guard let earlier = try replayed(use) else { return interrupted(story) }
        story.use = earlier
      }
      guard let change = story.use.change else { return story }
      // A store of what lay there already changed nothing.
      guard let stores = try writers(change.entryAddress.value, count: 8, keep: 16) else { return interrupted(story) }
      story.writer = stores.first { $0.old != $0.new }
    } catch {
      story.obstacle = error.description
    }
    return story
  }

  private func interrupted(_ story: StaleStory) -> StaleStory {
    var story = story
    story.obstacle = "the search was interrupted"
    return story
  }

  /// The same use in a run that was checked from reset on; nil when Ctrl-C stopped it.
  private func replayed(_ use: StaleUse) throws(DebuggerError) -> StaleUse? {
    let virtual = try replica(under: technique)
    let other = virtual.machine
    other.recordedMask = .stale
    guard try advance(virtual, to: machine.position) else { return nil }
    // An instruction that trapped did not retire, and lies behind the position.
    for attempt in 0..<4 {
      if attempt > 0 { _ = other.step() }
      let found = other.harts[use.hart].translationCheck?.uses.last {
        $0.use == use.use && $0.access == use.access && $0.address == use.address
      }
      if let found { return found }
    }
    return use
  }
}
