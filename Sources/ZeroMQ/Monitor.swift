import CZeroMQ
import Synchronization

/// The thread that reads a socket's monitor events and passes them on.
///
/// libzmq sends these events with a blocking call from the context's I/O thread, so two things must never happen: that nobody reads
/// them, and that the reading end is closed while the monitored socket still sends. Either stops all connections of the process.
/// Hence a thread that does nothing else, which ends only when libzmq says that the monitor has stopped.
enum Monitor {
  private static let number = Atomic<Int>(0)

  /// Starts to report the events of a socket; called on the socket's thread.
  static func start(on socket: borrowing Socket, _ handler: @escaping @Sendable (MonitorEvent) -> Void) throws(ZeroMQError) {
    let (_, number) = number.add(1, ordering: .relaxed)
    let endpoint = "inproc://ketwork.monitor.\(number)"
    try check(unsafe zmq_socket_monitor(socket.handle, endpoint, ZMQ_EVENT_ALL), "monitoring a \(socket.kind) socket")
    do throws(ZeroMQError) {
      let reader = try Socket(.pair)
      // Connected before the thread starts: until it is, the first event would hold up the I/O thread.
      try reader.connect(endpoint)
      let box = TransferBox(reader)
      try Thread.start("zmq-monitor-\(number)") { read(box.take(), handler) }
    } catch {
      unsafe zmq_socket_monitor(socket.handle, nil, 0)
      throw error
    }
  }

  private static func read(_ reader: consuming Socket, _ handler: @Sendable (MonitorEvent) -> Void) {
    do throws(ZeroMQError) {
      while true {
        guard let event = try next(from: reader) else { continue }
        handler(event)
        if event.kind == .stopped { return }
      }
    } catch {
      // The only failure of an in-process pair is the end of its context, and with it of everything that could be reported.
      assert(error.code == .contextTerminated, "\(error)")
    }
  }

  private static func next(from reader: borrowing Socket) throws(ZeroMQError) -> MonitorEvent? {
    guard try reader.waitUntilReadable(timeout: .seconds(3600)), let frames = try reader.receive() else { return nil }
    precondition(frames.count == 2 && frames[0].byteCount == 6, "not a monitor event: \(frames.map(\.byteCount))")
    // Two integers in the machine's own order: the kind in 16 bits, the value in 32.
    let (kind, value) = unsafe frames[0].contents.withUnsafeBytes { bytes in
      (unsafe bytes.loadUnaligned(as: UInt16.self), unsafe bytes.loadUnaligned(fromByteOffset: 2, as: Int32.self))
    }
    var event = MonitorEvent(
      kind: MonitorEvent.Kind(rawValue: kind), value: value, endpoint: String(decoding: frames[1].contents, as: UTF8.self))
    if event.kind == .accepted { event.peerAddress = PeerAddress.ofConnection(value) }
    return event
  }
}
