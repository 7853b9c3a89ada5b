import Circuits
import Protocol
import TestSupport
import Testing

@Suite("Payloads")
struct PayloadTests {
  @Test("a job's items come back as they were")
  func job() throws {
    let items = try Samples.items()
    #expect(try JobBody.decodeJob(JobBody.encode(items)) == items)
  }

  @Test("what items share is written once")
  func sharing() throws {
    let settings = ExecutionSettings(observables: (0..<100).map { _ in ObservableRequest(label: "ZZZZZZZZZZ") })
    let names = (0..<50).map { "parameter \($0)" }
    let items = try (0..<1_000).map {
      Item(
        template: Samples.digest, circuit: UInt64($0),
        rows: try ParameterRows(names: names, values: [Double](repeating: 0.1, count: 50), count: 1), settings: settings)
    }
    let job = try Job(items: items)
    let bytes = JobBody.encode(job.items)
    #expect(bytes.count < 1_000 * (50 * 8 + 40) + 10_000)
    #expect(try JobBody.decodeJob(bytes) == job.items)
  }

  @Test("a slice of an item keeps its place and its rows")
  func slices() throws {
    let item = try Samples.items()[0]
    let slice = item.slice(1..<3)
    #expect(slice.firstRow == 1)
    #expect(slice.rows.values == [0.3, 0.4, 0.5, 0.6])
    let lease = try JobBody.decodeLease(JobBody.encode([slice]))
    #expect(lease == [slice])
    #expect(slice.slice(1..<2).firstRow == 2)
    #expect(Array(item.rows[2]) == [0.5, 0.6])
  }

  @Test("equal items have one request hash, and every difference another")
  func requestHash() throws {
    let items = try Samples.items()
    let hash = JobBody.requestHash(items)
    #expect(JobBody.requestHash(try JobBody.decodeJob(JobBody.encode(items))) == hash)
    var changed: [[Item]] = []
    for change: (inout Item) -> Void in [
      { $0.circuit += 1 }, { $0.name = "x" }, { $0.settings.seed += 1 }, { $0.settings.shots = nil },
      { $0.template = Digest(of: [9]) },
      { $0.rows = .single }, { $0.settings.observables[0].terms[0].coefficient += 1 }, { $0.settings.precision = .single },
      { $0.settings.isReproducible.toggle() }, { $0.settings.device = "cpu" }, { $0.qubitCount += 1 },
    ] {
      var other = items
      change(&other[0])
      changed.append(other)
    }
    changed.append(Array(items.reversed()))
    #expect(Set(changed.map { JobBody.requestHash($0) } + [hash]).count == changed.count + 1)
  }

  @Test("results come back as they were")
  func results() throws {
    #expect(try ResultBody.decode(ResultBody.encode(Samples.results)) == CircuitResults(Samples.results))
  }

  @Test("the results of two leases, one after the other, are the results of both")
  func concatenation() throws {
    let parts = Samples.results.map { ResultBody.encode([$0]) }
    #expect(parts.flatMap { $0 } == ResultBody.encode(Samples.results))
    let entries = try ResultBody.entries(parts.flatMap { $0 })
    #expect(entries.map(\.item) == [0, 3])
    #expect(entries.map(\.rows) == [1..<2, 0..<1])
    #expect(entries.map(\.isFailure) == [false, true])
    #expect(entries.map(\.bytes) == [0..<parts[0].count, parts[0].count..<parts[0].count + parts[1].count])
  }

  @Test("amplitudes and probabilities keep every bit", arguments: [0.1, -0.0, Double.leastNonzeroMagnitude, .nan, .infinity])
  func bits(value: Double) throws {
    let values = CircuitValues(qubitCount: 1, probabilities: [value], statevector: [value, value])
    let read = try ResultBody.decode(ResultBody.encode([CircuitResult(item: 0, row: 0, outcome: .values(values))]))
    guard case .values(let found) = read[0].outcome else { return }
    #expect(found.statevector?.map(\.bitPattern) == [value.bitPattern, value.bitPattern])
    #expect(found.probabilities?.map(\.bitPattern) == [value.bitPattern])
  }

  @Test("what was left out comes back as it was, and is refused where it cannot be")
  func pruned() throws {
    func read(_ qubits: [Int], operations: Int = 7) throws -> CircuitResults {
      let values = CircuitValues(qubitCount: 5, pruned: .init(qubits: qubits, operationCount: operations))
      return try ResultBody.decode(ResultBody.encode([CircuitResult(item: 0, row: 0, outcome: .values(values))]))
    }
    for qubits in [[], [0, 2, 4]] {
      guard case .values(let found) = try read(qubits)[0].outcome else { return }
      #expect(found.pruned == .init(qubits: qubits, operationCount: 7))
    }
    for qubits in [[1, 0], [2, 2], [0, 5]] {
      let error = #expect(throws: ProtocolError.self) { try read(qubits) }
      #expect(error?.code == .invalidValue && error?.message.contains("ascending numbers below 5") == true)
    }
  }

  @Test("listings and templates come back as they were")
  func others() throws {
    let listing = try ListingBody.decode(ListingBody.encode(jobs: [Samples.status], workers: [Samples.worker]))
    #expect(listing.jobs == [Samples.status])
    #expect(listing.workers == [Samples.worker])
    #expect(try ListingBody.decode(ListingBody.encode(deadLetters: [Samples.deadLetter])).deadLetters == [Samples.deadLetter])
    let templates = [try Template(openQASM: "OPENQASM 3.0;"), try Template(format: .circuit, bytes: [1, 2])]
    #expect(try TemplateBundle.decode(TemplateBundle.encode(templates)) == templates)
  }

  @Test("templates go into as few bundles as fit a message")
  func bundles() throws {
    let templates = try (0..<7).map { try Template(format: .circuit, bytes: [UInt8](repeating: UInt8($0), count: 300_000)) }
    let bundles = TemplateBundle.bundles(of: templates)
    #expect(bundles.map(\.count) == [3, 3, 1])
    #expect(bundles.allSatisfy { TemplateBundle.encode($0).count <= Limits.messageByteCount })
    #expect(bundles.flatMap { $0 } == templates)
  }

  @Test("a template's digest is of its format and its bytes")
  func digests() throws {
    let source = try Template(openQASM: "a")
    // printf '\001a' | sha256sum
    #expect(source.digest.description == "e3254ea61c09ead5a01d3bf07e946a561c6c2cd1c46b8ca1bfa8729d26a7d09f")
    #expect(try Template(format: .circuit, bytes: source.bytes).digest != source.digest)
    #expect(Digest(source.digest.description) == source.digest)
    #expect(Digest(bytes: source.digest.bytes) == source.digest)
    #expect(Digest("xyz") == nil)
  }
}

@Suite("Chunked payloads")
struct AssemblerTests {
  let message = Message(id: 4, .putTemplate, payload: (0..<5 << 19).map { UInt8(truncatingIfNeeded: $0 ^ $0 >> 8) })

  @Test("parts each fit a message, and make the whole again")
  func whole() throws {
    let parts = message.parts(transfer: 9)
    #expect(parts.count == 3)
    var assembler = PayloadAssembler()
    var whole: Message?
    for part in parts {
      #expect(whole == nil)
      whole = try assembler.accept(try Message.decode(part.encode()))
    }
    #expect(whole == message)
    #expect(assembler.byteCount == 0)
  }

  @Test("a small message is its own only part")
  func small() throws {
    let small = Message(.ping)
    #expect(small.parts(transfer: 1) == [small])
    var assembler = PayloadAssembler()
    #expect(try assembler.accept(small) == small)
  }

  @Test("a repeated piece changes nothing")
  func repeated() throws {
    let parts = message.parts(transfer: 9)
    var assembler = PayloadAssembler()
    for part in [parts[0], parts[1], parts[1]] { #expect(try assembler.accept(part) == nil) }
    #expect(try assembler.accept(parts[2]) == message)
  }

  @Test("a lost piece is an incomplete transfer, and the whole sent again is not", arguments: 0..<2)
  func lost(index: Int) throws {
    var parts = message.parts(transfer: 9)
    let all = parts
    parts.remove(at: index)
    var assembler = PayloadAssembler()
    #expect {
      for part in parts { _ = try assembler.accept(part) }
    } throws: {
      ($0 as? ProtocolError)?.code == .incompleteTransfer
    }
    var whole: Message?
    for part in all { whole = try assembler.accept(part) }
    #expect(whole == message)
  }

  @Test("bytes that are not those announced are refused")
  func digest() throws {
    var parts = message.parts(transfer: 9)
    parts[1].payload[7] ^= 1
    var assembler = PayloadAssembler()
    for part in parts.dropLast() { _ = try assembler.accept(part) }
    #expect { try assembler.accept(parts[2]) } throws: { ($0 as? ProtocolError)?.code == .digestMismatch }
    #expect(assembler.byteCount == 0)
  }

  @Test("no more is held than the bound, and no more transfers than may be open")
  func bounded() throws {
    var assembler = PayloadAssembler(byteLimit: 1_000)
    for transfer in UInt64(1)...20 {
      _ = try assembler.accept(
        Message(.body(Message.Body(transfer: transfer, offset: 0)), payload: [UInt8](repeating: 0, count: 400)))
      #expect(assembler.byteCount <= 1_000)
    }
    #expect {
      try assembler.accept(Message(.body(Message.Body(transfer: 1, offset: 0)), payload: [UInt8](repeating: 0, count: 1_001)))
    } throws: {
      ($0 as? ProtocolError)?.code == .tooLarge
    }
  }

  @Test("pieces of two transfers may come mixed")
  func interleaved() throws {
    let (first, second) = (message.parts(transfer: 1), message.parts(transfer: 2))
    var assembler = PayloadAssembler()
    var whole: [Message?] = []
    for (a, b) in zip(first, second) { whole += [try assembler.accept(a), try assembler.accept(b)] }
    #expect(whole.compactMap { $0 } == [message, message])
  }
}

@Suite("Values")
struct ValueTests {
  @Test("a job's name is 26 characters that sort as it does", arguments: 0..<50)
  func jobNames(seed: UInt64) throws {
    var generator = SplitMix(seed: seed)
    let (a, b) = (JobID(high: generator.next(), low: generator.next()), JobID(high: generator.next(), low: generator.next()))
    #expect(a.description.count == 26)
    #expect(JobID(a.description) == a)
    #expect(JobID(a.description.uppercased()) == a)
    #expect(JobID(bytes: a.bytes) == a)
    #expect((a < b) == (a.description < b.description))
  }

  @Test(
    "what is no job's name is none", arguments: ["", "x", String(repeating: "u", count: 26), String(repeating: "z", count: 26)])
  func noJobNames(text: String) { #expect(JobID(text) == nil) }

  @Test(
    "a device preference means the devices it should",
    arguments: [
      ("auto", "cpu", true), ("", "opencl:0.0", true), ("cpu", "cpu", true), ("opencl", "opencl:1.0", true),
      ("opencl:1.0", "opencl:1.0", true), ("opencl:0.0", "opencl:1.0", false), ("opencl", "cpu", false),
      ("open", "opencl:0.0", false),
    ])
  func preferences(preference: String, name: String, isMet: Bool) {
    #expect(DeviceSummary(name: name, memoryByteCount: 1).matches(preference) == isMet)
  }

  @Test("a state fits a device to the last byte")
  func memory() {
    let device = DeviceSummary(name: "cpu", memoryByteCount: 1 << 20, supportsDouble: true)
    #expect(device.holds(qubitCount: 17, precision: .single))
    #expect(!device.holds(qubitCount: 18, precision: .single))
    #expect(device.holds(qubitCount: 16, precision: .double))
    #expect(!device.holds(qubitCount: 17, precision: .double))
    #expect(!device.holds(qubitCount: 1_000, precision: .single))
  }

  @Test("trajectories and a target error travel, and so does how many were drawn")
  func trajectories() throws {
    let settings = ExecutionSettings(
      observables: [ObservableRequest(label: "Z")], seed: 1, trajectories: 1_000, targetError: 0.01)
    let job = try Job(items: [Item(template: Samples.digest, settings: settings)])
    #expect(try JobBody.decodeJob(JobBody.encode(job.items)).map(\.settings) == [settings])
    let values = CircuitValues(qubitCount: 1, trajectories: 512, expectations: [.init(value: 0.5, standardError: 0.01)])
    let result = CircuitResult(item: 0, row: 0, outcome: .values(values))
    #expect(try ResultBody.decode(ResultBody.encode([result])) == CircuitResults([result]))
  }
}
