/// Puts payloads that came in several messages together, for one connection, within a bound.
///
///     guard let whole = try assembler.accept(message) else { return }   // a BODY: wait for more
///
/// A lost or reordered piece makes the message it belongs to fail with `incomplete_transfer`; its sender sends the whole again.
package struct PayloadAssembler: Sendable {
  private struct Partial {
    var id: UInt64
    var bytes: [UInt8]
  }

  private let byteLimit: Int
  private var partials: [Partial] = []

  /// Makes an assembler that holds at most so many bytes.
  package init(byteLimit: Int = Limits.payloadByteCount) {
    self.byteLimit = byteLimit
  }

  /// Bytes held for transfers under way.
  package var byteCount: Int { partials.reduce(0) { $0 + $1.bytes.count } }

  /// Takes the next message of the connection.
  ///
  /// - Returns: The message with its whole payload, or `nil` for a piece.
  /// - Throws: ``ProtocolError`` with code `incomplete_transfer`, `digest_mismatch` or `too_large`; what was held of the transfer is
  ///   dropped.
  package mutating func accept(_ message: Message) throws(ProtocolError) -> Message? {
    if case .body(let body) = message.content {
      try append(message.payload, of: body)
      return nil
    }
    guard let transfer = message.transfer else { return message }
    var bytes: [UInt8] = []
    if let index = partials.firstIndex(where: { $0.id == transfer.id }) { bytes = partials.remove(at: index).bytes }
    bytes += message.payload
    guard bytes.count == transfer.byteCount else {
      throw ProtocolError(.incompleteTransfer, "payload: \(bytes.count) of \(transfer.byteCount) bytes arrived; send all again")
    }
    guard Digest(of: bytes) == transfer.digest else {
      throw ProtocolError(.digestMismatch, "payload of \(bytes.count) bytes: not the announced digest; send all again")
    }
    var whole = message
    whole.transfer = nil
    whole.payload = bytes
    return whole
  }

  private mutating func append(_ bytes: [UInt8], of body: Message.Body) throws(ProtocolError) {
    let index = partials.firstIndex { $0.id == body.transfer }
    if let index, body.offset > 0, body.offset + bytes.count <= partials[index].bytes.count { return }  // repeated
    guard body.offset == 0 || (index.map { partials[$0].bytes.count == body.offset } ?? false) else {
      if let index { partials.remove(at: index) }
      throw ProtocolError(.incompleteTransfer, "payload: a piece before byte \(body.offset) did not arrive; send all again")
    }
    if body.offset == 0, let index { partials.remove(at: index) }
    while byteCount + bytes.count > byteLimit || partials.count >= Limits.openTransferCount {
      guard let oldest = partials.first, oldest.id != body.transfer else { break }
      partials.removeFirst()
    }
    guard byteCount + bytes.count <= byteLimit else {
      partials.removeAll { $0.id == body.transfer }
      throw .tooLarge("bytes of one transfer", body.offset + bytes.count, limit: byteLimit)
    }
    if let place = partials.firstIndex(where: { $0.id == body.transfer }) {
      partials[place].bytes += bytes
    } else {
      partials.append(Partial(id: body.transfer, bytes: bytes))
    }
  }
}
