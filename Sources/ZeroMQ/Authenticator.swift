/// Decides which peers may connect to the CURVE servers of this process (a ZAP handler).
///
///     let policy = AuthenticationPolicy.allowing([workerKey: "worker-1"])
///     Authenticator.shared.setPolicy(policy, forDomain: "workers")
///     let server = try Socket(.router, options: SocketOptions(security: .curveServer(secretKey, domain: "workers")))
///
/// One thread answers for the whole process, because libzmq asks at one fixed in-process endpoint. It starts with the first CURVE
/// server, before that binds, and answers every request: a domain without a policy, a mechanism other than CURVE and a malformed
/// request are all refused. A new policy holds from the next handshake on; connections that exist stay.
///
/// Source: ZeroMQ RFC 27/ZAP.
public final class Authenticator: Sendable {
  /// The process's authenticator.
  public static let shared = Authenticator()

  private let policies = Lock<[String: AuthenticationPolicy]>([:])
  private let isStarted = Lock(false)

  private init() {}

  /// Sets who may connect to the servers of a domain; `nil` lets nobody in.
  public func setPolicy(_ policy: AuthenticationPolicy?, forDomain domain: String) {
    policies.withLock { $0[domain] = policy }
  }

  /// Starts answering, once.
  ///
  /// - Throws: ``ZeroMQError`` with code `address_in_use` when something else in this process answers already.
  func start() throws(ZeroMQError) {
    try isStarted.withLock { (isStarted: inout Bool) throws(ZeroMQError) in
      guard !isStarted else { return }
      var options = SocketOptions()
      options.isMandatory = false
      let socket = try Socket(.router, options, authenticator: nil)
      try socket.bind("inproc://zeromq.zap.01")
      let box = TransferBox(socket)
      try Thread.start("zmq-auth") { [self] in answer(box.take()) }
      isStarted = true
    }
  }

  private func answer(_ socket: consuming Socket) {
    do throws(ZeroMQError) {
      while true {
        guard try socket.waitUntilReadable(timeout: .seconds(3600)), let frames = try socket.receive() else { continue }
        guard let reply = try reply(to: frames) else { continue }
        // The asking handshake may have ended meanwhile; then nobody waits for the answer.
        _ = try socket.send(reply)
      }
    } catch {
      // Fails closed: with the handler gone, enforced domains let nobody in.
      assert(error.code == .contextTerminated, "\(error)")
    }
  }

  /// The reply to a request; `nil` when not even its number can be read.
  ///
  /// A request is: routing id, empty frame, version, number, domain, address, identity, mechanism, credentials.
  private func reply(to frames: [Frame]) throws(ZeroMQError) -> [Frame]? {
    guard frames.count >= 4, frames[1].byteCount == 0 else { return nil }
    let (status, principal) = answer(to: frames.dropFirst(2).map(\.contents))
    let text = status == "200" ? "OK" : "refused"
    return [
      frames[0], frames[1], try Frame(Array("1.0".utf8)), frames[3], try Frame(Array(status.utf8)),
      try Frame(Array(text.utf8)), try Frame(Array(principal.utf8)), try Frame([]),
    ]
  }

  private func answer(to request: [[UInt8]]) -> (status: String, principal: String) {
    guard request.count >= 6, request[0] == Array("1.0".utf8) else { return ("500", "") }
    guard request.count == 7, request[5] == Array("CURVE".utf8) else { return ("400", "") }
    guard let publicKey = try? CurvePublicKey(bytes: request[6]) else { return ("400", "") }  // no key, no entry
    let domain = String(decoding: request[2], as: UTF8.self)
    guard let policy = policies.withLock({ $0[domain] }) else { return ("400", "") }
    let address = String(decoding: request[3], as: UTF8.self)
    return switch policy.decide(AuthenticationRequest(domain: domain, address: address, publicKey: publicKey)) {
    case .allow(let principal): ("200", principal)
    case .deny: ("400", "")
    case .retryLater: ("300", "")
    }
  }
}
