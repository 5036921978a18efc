import Machine
import RISCV

/// Writes what the harts of a machine do to a file, while it runs.
///
/// The engine leaves records of a fixed size in a buffer; the machine hands them over in bulk; here they become text in a
/// buffer of a fixed size, which goes to the file when it is full. Nothing is kept, so the length of a run does not matter.
/// A trace changes nothing in the guest (OBSERVATION-IS-FREE).
package final class TraceRecorder {
  package let format: TraceFormat
  package let output: any TraceOutput
  /// Instructions, traps and interrupts written so far, and what happened between guest and monitor.
  package private(set) var eventCount: UInt64 = 0
  /// Bytes handed to the file so far.
  package private(set) var byteCount: UInt64 = 0
  /// Why nothing is written any more. The run that was going on was asked to stop.
  package private(set) var error: TraceError?

  private var text = TraceText()
  private let commitLog: CommitLog
  private let jsonLines: JSONLines
  private var hasHeader = false
  /// Position behind the last event that was written.
  private var position: UInt64 = 0
  private weak var machine: Machine?

  /// What a trace needs of the harts.
  private var mask: EventMask {
    let guest: EventMask = [.retired, .trap, .interrupt, .memory, .csr, .marker, .effects]
    return format == .jsonLines ? guest.union([.exit, .entry, .shadow, .nested, .fault, .translation]) : guest
  }

  package init(_ format: TraceFormat, _ output: any TraceOutput) {
    self.format = format
    self.output = output
    let names = TraceNames()
    commitLog = CommitLog(names)
    jsonLines = JSONLines(names)
  }
  deinit { text.deallocate() }

  /// Writes what `machine` does from now on, until ``detach()``. There may be another machine later, which goes on from an
  /// earlier point of the same run.
  package func attach(to machine: Machine) {
    self.machine = machine
    if !hasHeader {
      hasHeader = true
      position = machine.position
      if format == .jsonLines { jsonLines.header(machine, into: &text) }
    }
    machine.recorder = { [unowned self] records, position in consume(records, position) }
    machine.recordedMask = mask
  }

  /// Stops recording; the file stays open.
  package func detach() {
    machine?.recordedMask = []
    machine?.recorder = nil
    machine = nil
  }

  /// Writes what is left and closes the file.
  package func finish() throws(TraceError) {
    detach()
    flush()
    if let error { throw error }
    do { try output.close() } catch {
      self.error = error
      throw error
    }
  }

  private func consume(_ records: UnsafeBufferPointer<EventRecord>, _ start: UInt64) {
    guard error == nil else { return }
    if start != position, format == .jsonLines { jsonLines.moved(from: position, to: start, into: &text) }
    let (commitLog, jsonLines, isCommitLog) = (commitLog, jsonLines, format == .commitLog)
    var text = text
    var n = start
    var count: UInt64 = 0
    // Records that belong to the next instruction or trap.
    var first = 0
    for index in 0..<records.count {
      if text.isNearlyFull {
        self.text = text
        flush()
        text = self.text
      }
      let isInstruction: Bool
      switch records[index].kind {
      case .retired: isInstruction = true
      case .trap, .interrupt: isInstruction = false
      case .exit, .entry, .shadow, .nested, .fault, .translation:
        // What the monitor does lies between the records of an instruction, and is no part of it.
        guard !isCommitLog else { continue }
        jsonLines.monitor(records[index], n: n, into: &text)
        count &+= 1
        continue
      default: continue
      }
      let effects = Effects(rebasing: records[first..<index])
      first = index + 1
      count &+= 1
      if !isInstruction {
        if !isCommitLog { jsonLines.trap(records[index], n: n, effects, into: &text) }
      } else {
        if isCommitLog {
          commitLog.instruction(records[index], effects, into: &text)
        } else {
          jsonLines.instruction(records[index], n: n, effects, into: &text)
        }
        n &+= 1
      }
    }
    self.text = text
    eventCount &+= count
    position = n
  }

  private func flush() {
    defer { text.removeAll() }
    guard error == nil, !text.bytes.isEmpty else { return }
    do {
      try output.write(text.bytes)
      byteCount &+= UInt64(text.bytes.count)
    } catch {
      self.error = error
      machine?.stopRequest.raise()
      detach()
    }
  }
}
