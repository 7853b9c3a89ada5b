import Protocol
import Testing

/// Every limit is held, by name, where it is passed by one.
@Suite("Limits")
struct LimitTests {
  private func expect(_ code: ProtocolError.Code, _ body: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation) {
    do {
      try body()
      Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    } catch {
      #expect((error as? ProtocolError)?.code == code, "\(error)", sourceLocation: sourceLocation)
    }
  }

  private func item(_ settings: ExecutionSettings = ExecutionSettings(), name: String = "") -> Item {
    Item(template: Samples.digest, name: name, settings: settings)
  }

  @Test("frames, headers and bodies")
  func frames() throws {
    let ping = try Message(.ping).encode()
    expect(.tooLarge) { _ = try Message.decode(ping + [[UInt8]](repeating: [], count: Limits.bodyFrameCount + 1)) }
    _ = try Message.decode(ping + [[UInt8]](repeating: [], count: Limits.bodyFrameCount))
    expect(.tooLarge) { _ = try Message.decode([ping[0], [UInt8](repeating: 0, count: Limits.headerByteCount + 1)]) }
    expect(.tooLarge) { _ = try Message.decode(ping + [[UInt8](repeating: 0, count: Limits.bodyByteCount + 1)]) }
    let body = [UInt8](repeating: 0, count: Limits.bodyByteCount)
    _ = try Message.decode(ping + [body, body, body, body])
    expect(.tooLarge) { _ = try Message.decode(ping + [body, body, body, body, [0]]) }
    let fences = [Fence](repeating: Fence(epoch: UInt64.max, sequence: UInt64.max), count: 1_000)
    expect(.tooLarge) { _ = try Message(.renew(fences)).encode() }
    expect(.tooLarge) { _ = try Message.decode(Message(.renew(Array(fences.prefix(Limits.fenceCount + 1)))).encode()) }
  }

  @Test("texts of a header")
  func texts() throws {
    let long = String(repeating: "x", count: 257)
    expect(.tooLarge) { _ = try Message.decode(Message(.submit(Message.Submit(idempotencyKey: long))).encode()) }
    expect(.tooLarge) { _ = try Message.decode(Message(traceParent: long, .ping).encode()) }
    expect(.invalidValue) { _ = try Message.decode(Message(.submit(Message.Submit(idempotencyKey: ""))).encode()) }
    expect(.invalidValue) {
      _ = try Message.decode(Message(.submit(Message.Submit(idempotencyKey: "k", priority: 1_001))).encode())
    }
    let rejection = Message.Reject(.busy, String(repeating: "é", count: 10_000))
    guard case .reject(let read) = try Message.decode(Message(.reject(rejection)).encode()).content else { return }
    #expect(read.message.utf8.count == Limits.textByteCount)
  }

  @Test("items and circuits of a job")
  func counts() throws {
    expect(.invalidValue) { _ = try Job(items: []) }
    expect(.tooLarge) { _ = try Job(items: [Item](repeating: item(), count: Limits.itemCount + 1)) }
    let rows = try ParameterRows(names: [], values: [], count: Limits.circuitCount)
    _ = try Job(items: [Item(template: Samples.digest, rows: rows)])
    expect(.tooLarge) { _ = try Job(items: [Item(template: Samples.digest, rows: rows), item()]) }
    expect(.tooLarge) { _ = try ParameterRows(names: [], values: [], count: Limits.circuitCount + 1) }
    expect(.tooLarge) {
      _ = try ParameterRows(names: (0...Limits.parameterCount).map { "\($0)" }, values: [], count: 1)
    }
    let distinct = (0...Limits.settingsCount).map { item(ExecutionSettings(seed: UInt64($0))) }
    _ = try Job(items: distinct.dropLast())
    expect(.tooLarge) { _ = try Job(items: distinct) }
  }

  @Test("a hostile count is refused before anything is allocated for it")
  func amplification() {
    // Two bytes an item on the wire, a few hundred in memory.
    let bytes = [[UInt8]](repeating: [0x22, 0], count: Limits.itemCount + 1).flatMap { $0 }
    expect(.tooLarge) { _ = try JobBody.decodeJob(bytes) }
    expect(.tooLarge) {
      _ = try TemplateBundle.decode([[UInt8]](repeating: [0x0a, 0], count: Limits.templateCount + 1).flatMap { $0 })
    }
    expect(.tooLarge) {
      _ = try ListingBody.decode([[UInt8]](repeating: [0x0a, 0], count: Limits.listingCount + 1).flatMap { $0 })
    }
  }

  @Test(
    "values that cannot be meant",
    arguments: [
      ExecutionSettings(trajectories: 0), ExecutionSettings(targetError: 0), ExecutionSettings(targetError: .nan),
      ExecutionSettings(shots: 10, trajectories: 10), ExecutionSettings(shots: 10, targetError: 0.1),
      ExecutionSettings(shots: 0), ExecutionSettings(shots: -1), ExecutionSettings(observables: [ObservableRequest(label: "")]),
      ExecutionSettings(observables: [ObservableRequest(label: "ZA")]),
      ExecutionSettings(observables: [ObservableRequest(label: "zz")]),
      ExecutionSettings(observables: [ObservableRequest(label: String(repeating: "Z", count: 63))]),
      ExecutionSettings(observables: [ObservableRequest(name: "none", terms: [])]),
      ExecutionSettings(observables: [ObservableRequest(name: "nan", terms: [.init(.nan, "Z")])]),
      ExecutionSettings(observables: [ObservableRequest(name: "inf", terms: [.init(.infinity, "Z")])]),
    ])
  func values(settings: ExecutionSettings) {
    expect(.invalidValue) { _ = try Job(items: [item(settings)]) }
    // The wire's side holds the same rules.
    expect(settings.shots == -1 ? .tooLarge : .invalidValue) {
      _ = try JobBody.decodeJob(JobBody.encode([item(clamped(settings))]))
    }
  }

  /// The encoder takes only what the initializers let through, so a negative count is made as large as the wire can carry.
  private func clamped(_ settings: ExecutionSettings) -> ExecutionSettings {
    var settings = settings
    if settings.shots == -1 { settings.shots = Limits.shotCount + 1 }
    return settings
  }

  @Test("rows must have their shape, once each name, and finite values", arguments: [Double.nan, .infinity, -.infinity])
  func rows(value: Double) throws {
    expect(.invalidValue) { _ = try ParameterRows(names: ["a"], values: [value], count: 1) }
    expect(.invalidValue) { _ = try ParameterRows(names: ["a"], values: [1, 2], count: 1) }
    expect(.invalidValue) { _ = try ParameterRows(names: ["a", "a"], values: [1, 2], count: 1) }
    expect(.invalidValue) { _ = try ParameterRows(names: [], values: [], count: 0) }
    expect(.invalidValue) { _ = try ParameterRows(names: [], values: [], count: -1) }
  }

  @Test("templates")
  func templates() throws {
    expect(.invalidValue) { _ = try Template(openQASM: "") }
    expect(.tooLarge) { _ = try Template(format: .circuit, bytes: [UInt8](repeating: 0, count: Limits.templateByteCount + 1)) }
  }

  @Test("jobs' own values")
  func jobs() throws {
    expect(.invalidValue) { _ = try Job(items: [item()], priority: 1_001) }
    expect(.invalidValue) { _ = try Job(items: [item()], deadline: .zero) }
    expect(.invalidValue) { _ = try Job(items: [item()], maximumRunTime: .seconds(-1)) }
    expect(.tooLarge) { _ = try Job(items: [item()], idempotencyKey: String(repeating: "k", count: 257)) }
    expect(.tooLarge) { _ = try Job(items: [item(name: String(repeating: "k", count: 257))]) }
  }
}
