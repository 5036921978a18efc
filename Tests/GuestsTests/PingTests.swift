import Guests
import Machine
import SystemPackage
import Testing

/// Two machines on one switch, each with the guest `ping`.
@Suite("Two machines on one switch")
struct PingTests {
  private struct Outcome: Equatable {
    var consoles: [String]
    var reasons: [StopReason]
    var digests: [UInt64]
    var forwarded: Int
    /// Frames that each machine took in.
    var received: [Int]
  }

  /// Runs the machines in turns until each has ended.
  private func run(machines count: Int, onStepPath: Bool = false) throws -> Outcome {
    let network = NetworkSwitch()
    var consoles = [[UInt8]](repeating: [], count: count)
    var reasons: [StopReason?] = .init(repeating: nil, count: count)
    let machines = try (0..<count).map { number in
      var configuration = MachineConfiguration()
      configuration.program = FilePath(try #require(Guests.image(named: "ping")))
      configuration.networkDevices = [.init(address: MACAddress(device: number))]
      let machine = try Machine(configuration)
      machine.usesStepPath = onStepPath
      network.connect(machine.board.networkDevices[0].port)
      return machine
    }
    for (number, machine) in machines.enumerated() {
      machine.board.onConsoleOutput = { consoles[number].append($0) }
    }
    for _ in 0..<20_000 where reasons.contains(nil) {
      for (number, machine) in machines.enumerated() where reasons[number] == nil {
        let reason = machine.run(stepLimit: 1000)
        if reason != .limit { reasons[number] = reason }
      }
    }
    return Outcome(
      consoles: consoles.map { String(decoding: $0, as: UTF8.self) }, reasons: reasons.map { $0 ?? .limit },
      digests: machines.map { $0.digest() }, forwarded: network.forwardedCount,
      received: machines.map { $0.board.networkDevices[0].port.receivedCount })
  }

  @Test("They find each other by ARP, and every echo request is answered")
  func ping() throws {
    let outcome = try run(machines: 2)
    let numbers = 1...4
    #expect(
      outcome.consoles == [
        "I am 10.0.0.86\n" + numbers.map { "echo reply from 10.0.0.87: seq \($0)\n" }.joined(),
        "I am 10.0.0.87\n" + numbers.map { "echo request from 10.0.0.86: seq \($0)\n" }.joined(),
      ])
    #expect(outcome.reasons == [.exited(.success), .exited(.success)])
    #expect(outcome.forwarded == 2 + 2 * numbers.count, "one ARP question and answer, and the echoes")
    #expect(try run(machines: 2) == outcome, "the same run gives the same state")
    #expect(try run(machines: 2, onStepPath: true) == outcome)
  }

  @Test("A machine alone on its switch hears nobody")
  func alone() throws {
    let outcome = try run(machines: 1)
    #expect(outcome.consoles == ["I am 10.0.0.86\nnobody there\n"])
    #expect(outcome.reasons == [.exited(.failure(code: 2))])
  }

  @Test("A third machine sees questions to everybody, and no frame that is for another")
  func third() throws {
    let outcome = try run(machines: 3)
    // 10.0.0.88 asks for 10.0.0.89, whom nobody is.
    #expect(outcome.consoles[2] == "I am 10.0.0.88\nnobody there\n")
    #expect(outcome.reasons[0] == .exited(.success))
    #expect(outcome.received[2] == 1, "the first machine's question, and none of the frames between the others")
  }
}
