/// The bounds of this module, each with its reason.
public enum Limits {
  /// Bytes of one frame that a socket accepts unless told otherwise; libzmq's own default is no limit at all.
  public static let frameByteCount: Int64 = 1 << 20
  /// Frames of one message that are handed on; a peer may send any number, and each costs an object.
  public static let frameCount = 64
  /// Messages waiting for one peer; libzmq counts messages, not bytes, so users bound bytes themselves.
  public static let highWaterMark = 1000
  /// Sockets of the process's one context; libzmq's default of 1,023 is short for a test suite run in parallel.
  public static let socketCount = 8192
  /// Messages that a loop takes from one socket before it looks at the next.
  public static let messagesPerTurn = 256
  /// How long a loop runs jobs before it looks at its sockets again.
  public static let jobTimePerTurn = Duration.milliseconds(2)
  /// Seconds without a word from a peer after which the kernel asks whether its machine is still there.
  static let keepaliveIdleSeconds: Int32 = 15
  /// Seconds between such questions.
  static let keepaliveIntervalSeconds: Int32 = 5
  /// Questions without an answer after which a connection ends.
  static let keepaliveCount: Int32 = 6
  /// How long sent bytes may wait to be taken in by the other end before a connection ends; its owner connects again.
  static let unacknowledgedTime = Duration.seconds(45)
  /// Bytes of an endpoint's text.
  static let endpointByteCount = 512
}
