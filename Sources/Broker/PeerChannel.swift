internal import Protocol

/// What the service keeps of a connection beside the state: pieces on their way in, messages on their way out.
struct PeerChannel {
  var assembler = PayloadAssembler()
  var outbox = Outbox()
  /// The descriptor of the connection, where the transport has one.
  var descriptor: Int32?
  private var nextTransfer: UInt64 = 1

  /// A message as the frames of one or more messages that each fit.
  mutating func encode(_ message: Message) throws(ProtocolError) -> [[[UInt8]]] {
    let parts = message.parts(transfer: nextTransfer)
    if parts.count > 1 { nextTransfer += 1 }
    var encoded: [[[UInt8]]] = []
    for part in parts { encoded.append(try part.encode()) }
    return encoded
  }
}
