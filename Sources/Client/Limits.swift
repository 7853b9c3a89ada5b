/// The bounds of this module, each with its reason.
package enum Limits {
  /// Bytes of a result that may be on their way or wait for their reader; what follows stays with the broker.
  package static let resultWindowByteCount = 4 << 20
  /// Calls that wait for an answer at once; the next is refused.
  package static let callCount = 10_000
  /// How soon a question is asked again on a connection that is alive; that is nearly always a lost connection instead.
  package static let repeatInterval = Duration.seconds(30)
  /// Messages handed to libzmq at a time; the rest waits where control messages can pass it.
  package static let sendHighWaterMark = 8
  /// Bytes of results handed to a reader at a time.
  package static let chunkByteCount = 1 << 20
}
