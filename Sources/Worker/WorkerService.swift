package import Logging
import Protocol
import Simulator
import ZeroMQ

/// A worker: takes leases from a broker and executes them on its devices.
///
///     let worker = try WorkerService(configuration, slots: slots, logger: logger)
///     try await worker.run()   // until it is stopped or cancelled, whatever becomes of its broker
///
/// Its thread keeps the connection; every slot has a thread of its own.
package actor WorkerService {
  nonisolated private let loop: SocketLoop
  nonisolated package var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

  private let configuration: WorkerConfiguration
  private let logger: Logger
  private var slots: [(device: DeviceSlot, runner: DeviceRunner)] = []
  private var state: WorkerState?
  private var link: DealerLink?
  private var assembler = PayloadAssembler()
  private var stops: [Int: StopFlag] = [:]
  private var transferCount: UInt64 = 0
  private var timer: LoopTimer?
  private var end: CheckedContinuation<Void, any Error>?
  private var isStopRequested: Duration?
  private var isAborted = false
  private var isPrepared = false
  private var lastHandshakeFailure: HandshakeFailure?

  /// Makes a worker with a slot for each lease that may be executed at a time.
  ///
  /// - Throws: ``WorkerError`` with code `invalid_argument`, or an error of the system when a thread cannot be had.
  package init(_ configuration: WorkerConfiguration, slots: [DeviceSlot], logger: Logger) throws {
    guard !configuration.endpoints.isEmpty else {
      throw WorkerError(.invalidArgument, "no broker endpoint: one or more are needed")
    }
    guard !slots.isEmpty else { throw WorkerError(.noDevice, "no device: one or more are needed") }
    self.configuration = configuration
    self.logger = logger
    loop = try SocketLoop(name: "worker")
    let signer = try configuration.signingKey.map { ReceiptSigner(key: $0, binaryHash: try ExecutableHash.current()) }
    for (number, slot) in slots.enumerated() {
      self.slots.append((slot, try DeviceRunner(slot, number: number, signer: signer, logger: logger)))
    }
  }

  /// Works until the worker has stopped or the task is cancelled; a broker that stops, stalls or restarts is waited for.
  ///
  /// - Throws: ``WorkerError`` with code `no_device` when every self-test failed, `refused` when the broker refuses the worker,
  ///   `invalid_argument` when an endpoint is none.
  package func run() async throws {
    try await prepare()
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        end = continuation
        isAborted || Task.isCancelled ? finish(throwing: nil) : start()
      }
    } onCancel: {
      Task { await self.abort() }
    }
  }

  /// Gives back what has not begun, finishes what has within a time, says goodbye and ends ``run()``.
  package func stop(grace: Duration = .seconds(30)) {
    isStopRequested = grace
    handle(.stop(grace: grace))
  }

  /// Drops the connection without a word and ends ``run()``; what was held runs elsewhere when its lease lapses.
  package func abort() {
    isAborted = true
    for flag in stops.values { flag.set() }
    finish(throwing: nil)
  }

  // MARK: Starting and ending

  /// Makes the devices ready, which builds their kernels and tests them; ``run()`` does it where that was not done before.
  ///
  /// - Returns: The names of the devices that passed, one a slot.
  /// - Throws: ``WorkerError`` with code `no_device` when every self-test failed.
  @discardableResult
  package func prepare() async throws -> [String] {
    guard !isPrepared else { return slots.map(\.device.device.name) }
    var ready: [(device: DeviceSlot, runner: DeviceRunner)] = []
    var failures: [String] = []
    for slot in slots {
      do {
        try await slot.runner.prepare()
        ready.append(slot)
      } catch {
        failures.append("\(slot.device.device.name): \(error)")
        logger.error(
          "device left out: its self-test failed", metadata: ["device": "\(slot.device.device.name)", "error": "\(error)"])
      }
    }
    guard !ready.isEmpty else {
      throw WorkerError(.noDevice, "no device passed its self-test: \(failures.joined(separator: "; "))")
    }
    slots = ready
    isPrepared = true
    return slots.map(\.device.device.name)
  }

  private func start() {
    state = WorkerState(
      name: configuration.name, slots: slots.map(\.device.device), endpointCount: configuration.endpoints.count,
      seed: configuration.seed, templateByteLimit: configuration.templateByteLimit,
      signingKey: configuration.signingKey?.fingerprint)
    var options = SocketOptions(security: configuration.security)
    options.sendHighWaterMark = Limits.sendHighWaterMark
    options.maximumFrameByteCount = Int64(Protocol.Limits.socketFrameByteCount)
    link = DealerLink(loop: loop, endpoints: configuration.endpoints, options: options) { [weak self] frames in
      self?.assumeIsolated { $0.received(frames) }
    } onFailure: { [weak self] error in
      self?.assumeIsolated { $0.finish(throwing: WorkerError(.invalidArgument, error.message)) }
    } onHandshakeFailure: { [weak self] failure, endpoint in
      self?.assumeIsolated { $0.handshakeFailed(failure, endpoint) }
    }
    handle(.start)
    if let isStopRequested { handle(.stop(grace: isStopRequested)) }
  }

  private func finish(throwing error: WorkerError?) {
    link?.close()
    (link, state) = (nil, nil)
    if let timer { loop.cancel(timer) }
    timer = nil
    guard let end else { return }
    self.end = nil
    if let error { end.resume(throwing: error) } else { end.resume() }
  }

  // MARK: Events and actions

  private func received(_ frames: [Frame]) {
    do throws(ProtocolError) {
      let message = try Message.decode(frames.map(\.contents))
      guard let whole = try assembler.accept(message) else { return }
      handle(.received(whole))
    } catch {
      logger.warning("message left out", metadata: ["error": "\(error)"])
    }
  }

  private func handle(_ event: WorkerState.Event) {
    guard let actions = state?.handle(event, at: loop.now) else { return }
    for action in actions { perform(action) }
    schedule()
  }

  /// Says so each time the reason changes; what never ends otherwise ends the worker.
  private func handshakeFailed(_ failure: HandshakeFailure, _ endpoint: String) {
    if lastHandshakeFailure != failure {
      logger.warning("no connection", metadata: ["endpoint": "\(endpoint)", "reason": "\(failure)"])
    }
    lastHandshakeFailure = failure
    handle(.handshakeFailed(Message.Reject(.unauthorized, "\(endpoint): \(failure)"), isFinal: failure.isFinal))
  }

  private func schedule() {
    if let timer { loop.cancel(timer) }
    timer = state?.nextDeadline.map { deadline in
      loop.schedule(at: deadline) { [weak self] in self?.assumeIsolated { $0.handle(.tick) } }
    }
  }

  private func perform(_ action: WorkerState.Action) {
    switch action {
    case .connect(let endpoint): connect(endpoint)
    case .send(let message): send(message)
    case .execute(let slot, let work): execute(work, on: slot)
    case .interrupt(let slot): stops[slot]?.set()
    case .end(let reject): finish(throwing: reject.map { WorkerError(.refused, "the broker refuses this worker: \($0.message)") })
    }
  }

  private func connect(_ endpoint: Int) {
    assembler = PayloadAssembler()
    logger.debug("connecting", metadata: ["endpoint": "\(configuration.endpoints[endpoint])"])
    do throws(ZeroMQError) {
      try link?.connect(toEndpoint: endpoint)
    } catch {
      finish(throwing: WorkerError(.invalidArgument, error.message))
    }
  }

  private func send(_ message: Message) {
    transferCount += 1
    let isBulk = message.content.type == .complete
    do {
      for part in message.parts(transfer: transferCount) {
        link?.send(try part.encode().map { try Frame($0) }, isBulk: isBulk)
      }
    } catch {
      // The state makes no message beyond a limit; what is left is memory, and then the lease lapses.
      logger.error("message not sent", metadata: ["type": "\(message.content.type)", "error": "\(error)"])
    }
  }

  private func execute(_ work: WorkerState.Work, on slot: Int) {
    let flag = StopFlag()
    stops[slot] = flag
    slots[slot].runner.start(work, stop: flag) { [loop] outcome in
      loop.post { self.assumeIsolated { $0.handle(.finished(slot: slot, work.fence, outcome)) } }
    }
  }
}
