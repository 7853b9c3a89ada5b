/// A dealer that talks to one of several endpoints at a time, with a queue in front; used on its loop's thread.
///
/// What cannot be sent yet waits here in two queues: control messages go before bulk, so that a sign of life never waits
/// behind megabytes of results. Only a few messages at a time are handed to libzmq, which keeps them in order.
public final class DealerLink: @unchecked Sendable {
  // Proof of safety: every function checks that it runs on the loop's thread, by way of the loop or the socket on it.
  private let loop: SocketLoop
  private let endpoints: [String]
  private let options: SocketOptions
  private let onMessage: @Sendable ([Frame]) -> Void
  private let onFailure: @Sendable (ZeroMQError) -> Void
  private let onHandshakeFailure: @Sendable (HandshakeFailure, _ endpoint: String) -> Void
  private var socket: LoopSocket?
  private var control: ArraySlice<[Frame]> = []
  private var bulk: ArraySlice<[Frame]> = []
  private var isWaiting = false

  /// Makes a link that is not connected yet.
  ///
  /// - Parameters:
  ///   - onMessage: Gets each message, on the loop's thread.
  ///   - onFailure: Gets what makes the link useless, such as an endpoint that is none.
  ///   - onHandshakeFailure: Gets what kept the endpoint from taking this peer; it is tried again until the link is connected elsewhere.
  public init(
    loop: SocketLoop, endpoints: [String], options: SocketOptions, onMessage: @escaping @Sendable ([Frame]) -> Void,
    onFailure: @escaping @Sendable (ZeroMQError) -> Void,
    onHandshakeFailure: @escaping @Sendable (HandshakeFailure, _ endpoint: String) -> Void = { _, _ in }
  ) {
    self.loop = loop
    self.endpoints = endpoints
    self.options = options
    self.onMessage = onMessage
    self.onFailure = onFailure
    self.onHandshakeFailure = onHandshakeFailure
  }

  /// Drops the connection and all that waits, and connects to an endpoint.
  ///
  /// - Throws: ``ZeroMQError`` with code `invalid_argument` or `unsupported` when the endpoint is none.
  public func connect(toEndpoint index: Int) throws(ZeroMQError) {
    close()
    let socket = loop.attach(try Socket(.dealer, options: options), onMessage: onMessage, onFailure: onFailure)
    self.socket = socket
    let endpoint = endpoints[index]
    try socket.monitor { [weak self, weak socket] event in
      guard let self, let socket, socket === self.socket else { return }
      if let failure = HandshakeFailure(event, security: options.security) {
        onHandshakeFailure(failure, endpoint)
      }
    }
    try socket.connect(endpoint)
  }

  /// Sends a message as soon as that is possible.
  public func send(_ frames: [Frame], isBulk: Bool) {
    loop.checkIsolated()
    if isBulk { bulk.append(frames) } else { control.append(frames) }
    if !isWaiting { flush() }
  }

  /// Drops the connection and all that waits.
  public func close() {
    loop.checkIsolated()
    socket?.close()
    socket = nil
    (control, bulk, isWaiting) = ([], [], false)
  }

  private func flush() {
    guard let socket else { return }
    do throws(ZeroMQError) {
      while let frames = control.first ?? bulk.first {
        guard try socket.send(frames) == .sent else { return wait(socket) }
        if control.isEmpty { bulk.removeFirst() } else { control.removeFirst() }
      }
    } catch {
      onFailure(error)
    }
  }

  private func wait(_ socket: LoopSocket) {
    isWaiting = true
    socket.whenWritable { [weak self] in
      self?.isWaiting = false
      self?.flush()
    }
  }
}
