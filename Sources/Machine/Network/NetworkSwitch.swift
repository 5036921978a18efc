/// An Ethernet switch inside the process: it joins machines, and nothing else. No frame ever leaves the process.
///
/// It learns which address is at which port from the frames that it sees, sends a frame to the port of its destination, and
/// one that is for a group or for nobody it knows to all the others, in the order in which they were connected. A frame is in the
/// other port at once; its machine takes it in at its next turn border. What happens thus follows from the order in which
/// the machines are run (REPLAY).
package final class NetworkSwitch {
  private var ports: [NetworkPort] = []
  private var places: [MACAddress: Int] = [:]
  /// A guest that makes up addresses fills the table no further; frames for the rest go to everybody.
  private static let capacity = 1024

  /// Frames that it passed on, whatever number of ports they went to.
  package private(set) var forwardedCount = 0

  package init() {}

  /// Plugs a cable in; it is pulled out of where it was.
  package func connect(_ port: NetworkPort) {
    port.network?.disconnect(port)
    port.network = self
    ports.append(port)
  }

  private func disconnect(_ port: NetworkPort) {
    ports.removeAll { $0 === port }
    places.removeAll()
  }

  func forward(_ frame: [UInt8], from port: NetworkPort) {
    guard let origin = ports.firstIndex(where: { $0 === port }) else { return }
    forwardedCount += 1
    let source = MACAddress(frame, at: 6)
    if !source.isGroup, places[source] != nil || places.count < Self.capacity { places[source] = origin }
    let destination = MACAddress(frame, at: 0)
    if !destination.isGroup, let place = places[destination] {
      if place != origin { ports[place].deliver(frame) }
      return
    }
    for (index, other) in ports.enumerated() where index != origin { other.deliver(frame) }
  }
}
