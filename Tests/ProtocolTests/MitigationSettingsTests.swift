import Circuits
import Protocol
import Testing

@Suite("Mitigation on the wire")
struct MitigationSettingsTests {
  /// Settings with no option at its default, for each method and fit.
  static let samples: [MitigationSettings] = MitigationSettings.Method.allCases.map { method in
    MitigationSettings(
      method, samples: 77, scales: [1, 1.5, 3], fit: .polynomial(degree: 2), folding: .multiQubit, symmetries: ["ZZ", "-XX"],
      pecTwirled: true, cdrAngles: .nearest, cdrKept: 3, ddSequence: .cpmg, readoutMethod: .unfolding)
  }

  static func item(_ mitigation: MitigationSettings?, shots: Int? = 10, observables: [String] = ["ZZ"]) -> Item {
    Item(
      template: Samples.digest,
      settings: ExecutionSettings(
        shots: shots, observables: observables.map { ObservableRequest(label: $0) }, mitigation: mitigation))
  }

  private func read(_ item: Item) throws -> MitigationSettings? {
    try JobBody.decodeJob(JobBody.encode(try Job(items: [item]).items))[0].settings.mitigation
  }

  @Test("options come back as they were, of every method", arguments: samples)
  func roundTrip(_ settings: MitigationSettings) throws {
    #expect(try read(Self.item(settings)) == settings)
    #expect(try read(Self.item(MitigationSettings(settings.method, symmetries: ["ZZ"])))?.samples == nil)
  }

  @Test(
    "fits come back as they were, on the wire and as the words that people write",
    arguments: [
      .linear, .richardson, .polynomial(degree: 0), .polynomial(degree: 10), .exponential(asymptote: nil),
      .exponential(asymptote: 0), .exponential(asymptote: -0.1),
    ] as [MitigationSettings.Fit])
  func fits(_ fit: MitigationSettings.Fit) throws {
    #expect(try read(Self.item(MitigationSettings(.zne, fit: fit)))?.fit == fit)
    #expect(MitigationSettings.Fit(fit.description) == fit)
  }

  @Test(
    "what is no fit is none",
    arguments: ["", "cubic", "polynomial", "polynomial:-1", "polynomial:x", "exponential:nan", "linear:1"])
  func noFits(_ text: String) { #expect(MitigationSettings.Fit(text) == nil) }

  @Test("an item without mitigation has none, and each option makes it another job")
  func hashes() throws {
    #expect(try read(Self.item(nil)) == nil)
    var all = [Self.item(nil)] + Self.samples.map { Self.item($0) }
    for change: (inout MitigationSettings) -> Void in [
      { $0.samples = nil }, { $0.scales = [1] }, { $0.fit = .richardson }, { $0.folding = .local }, { $0.symmetries = [] },
      { $0.pecTwirled = false }, { $0.cdrAngles = .random }, { $0.cdrKept = nil }, { $0.ddSequence = .xx },
      { $0.readoutMethod = .inverse },
    ] {
      var settings = Self.samples[0]
      change(&settings)
      all.append(Self.item(settings))
    }
    #expect(Set(all.map { JobBody.requestHash([$0]) }).count == all.count)
  }

  @Test("options that a peer leaves out have their defaults")
  func defaults() throws {
    // Field 12 of the settings: a mitigation with nothing but its method, as another implementation may write it.
    let zne: [UInt8] = [0x62, 5, 0x0a, 3] + Array("zne".utf8)
    let observable: [UInt8] = [0x12, 14, 0x12, 12, 0x09] + [0, 0, 0, 0, 0, 0, 0xf0, 0x3f] + [0x12, 1] + Array("Z".utf8)
    let settings: [UInt8] = observable + zne
    let digest = Samples.digest.bytes
    let item: [UInt8] = [0x38, 1]
    var body: [UInt8] = [0x0a, UInt8(settings.count)] + settings
    body += [0x12, 0, 0x1a, 32] + digest
    body += [0x22, UInt8(item.count)] + item
    let read = try JobBody.decodeJob(body)
    #expect(read[0].settings.mitigation == MitigationSettings(.zne))
  }

  @Test(
    "values that cannot be meant are refused where they are made and where they are read, with what is accepted",
    arguments: [
      (item(MitigationSettings(.pec, samples: 0)), "0 samples, 1 or more"),
      (item(MitigationSettings(.zne, scales: [])), "no scale factors, 1 or more"),
      (item(MitigationSettings(.zne, scales: [1, 0.5])), "a scale factor of 0.5, 1 to 1000.0"),
      (item(MitigationSettings(.zne, scales: [.nan])), "a scale factor of nan"),
      (item(MitigationSettings(.zne, scales: [1, 1001])), "a scale factor of 1001.0"),
      (item(MitigationSettings(.zne, fit: .exponential(asymptote: .infinity))), "an exponential to inf, a finite number"),
      (item(MitigationSettings(.symmetry)), "no symmetries, 1 or more"),
      (item(MitigationSettings(.symmetry, symmetries: ["-"])), "the symmetry -, 1 to 62 letters of IXYZ"),
      (item(MitigationSettings(.symmetry, symmetries: ["--Z"])), "the symmetry --Z"),
      (item(MitigationSettings(.symmetry, symmetries: [String(repeating: "Z", count: 63)])), "1 to 62 letters"),
      (item(MitigationSettings(.zne), observables: []), "mitigation by zne: no observables, at least one"),
      (item(MitigationSettings(.readout), shots: nil), "mitigation by readout: no shots"),
    ])
  func refused(_ item: Item, _ words: String) throws {
    for body in [{ _ = try Job(items: [item]) }, { _ = try JobBody.decodeJob(JobBody.encode([item])) }] as [() throws -> Void] {
      // No factors on the wire are the default ones.
      if item.settings.mitigation?.scales == [], (try? body()) != nil { continue }
      let error = #expect(throws: ProtocolError.self) { try body() }
      #expect(error?.code == .invalidValue && error?.message.contains(words) == true, "\(error?.message ?? "")")
    }
  }

  @Test(
    "counts above their limits are refused, by name",
    arguments: [
      MitigationSettings(.pec, samples: Limits.mitigationSampleCount + 1),
      MitigationSettings(.zne, scales: [Double](repeating: 1, count: Limits.mitigationScaleCount + 1)),
      MitigationSettings(.zne, fit: .polynomial(degree: Limits.mitigationDegree + 1)),
      MitigationSettings(.symmetry, symmetries: [String](repeating: "ZZ", count: Limits.mitigationSymmetryCount + 1)),
      MitigationSettings(.cdr, cdrKept: Limits.mitigationRotationCount + 1),
    ])
  func limits(_ settings: MitigationSettings) throws {
    let item = Self.item(settings)
    for body in [{ _ = try Job(items: [item]) }, { _ = try JobBody.decodeJob(JobBody.encode([item])) }] as [() throws -> Void] {
      let error = #expect(throws: ProtocolError.self) { try body() }
      #expect(error?.code == .tooLarge && error?.message.contains("at most") == true, "\(error?.message ?? "")")
    }
  }

  @Test("words that are no option are refused with those that are")
  func words() throws {
    let bytes = JobBody.encode([Self.item(MitigationSettings(.zne))])
    for (word, other, accepted) in [
      ("zne", "zzz", "zne, readout"), ("global", "lokall", "local, multi-qubit"), ("xy4", "xy9", "cpmg"),
    ] {
      guard let place = bytes.firstRange(of: word.utf8) else {
        Issue.record("\(word) is not written")
        continue
      }
      var changed = bytes
      changed.replaceSubrange(place, with: other.utf8)
      let error = #expect(throws: ProtocolError.self) { try JobBody.decodeJob(changed) }
      #expect(error?.message.contains(other) == true && error?.message.contains(accepted) == true, "\(error?.message ?? "")")
    }
  }

  @Test("the work of all circuits is counted: the circuit's own, and that of each variant")
  func work() {
    func settings(_ mitigation: MitigationSettings?) -> ExecutionSettings {
      let energy = ObservableRequest(name: "e", terms: [.init(1, "ZZ"), .init(1, "XX")])
      return ExecutionSettings(observables: [energy, ObservableRequest(label: "ZZ")], mitigation: mitigation)
    }
    #expect(settings(nil).circuitCount == 1 && settings(nil).operationCount(ofCircuitOf: 7) == 7)
    #expect(settings(MitigationSettings(.zne)).circuitCount == 4)
    #expect(settings(MitigationSettings(.zne)).operationCount(ofCircuitOf: 10) == 70)
    #expect(settings(MitigationSettings(.pec)).circuitCount == 257)
    #expect(settings(MitigationSettings(.twirling, samples: 9)).operationCount(ofCircuitOf: 10) == 100)
    #expect(settings(MitigationSettings(.cdr)).circuitCount == 42)
    #expect(settings(MitigationSettings(.readout)).circuitCount == 3)
    #expect(settings(MitigationSettings(.dd)).circuitCount == 2)
    let most = settings(MitigationSettings(.pec, samples: Limits.mitigationSampleCount))
    #expect(most.operationCount(ofCircuitOf: .max) == 1 << 53)
  }

  static let value = MitigatedValue(
    method: "zne", value: 0.75, standardError: 0.1, samplingOverhead: 19, variants: 3,
    diagnostics: ["fit_residual": 0.01, "decay_rate": -2, "a": 0])

  private func values(_ mitigated: MitigatedValue?) -> CircuitResult {
    CircuitResult(
      item: 0, row: 0, outcome: .values(CircuitValues(qubitCount: 1, expectations: [.init(value: 0.5, mitigated: mitigated)])))
  }

  @Test("mitigated values come back as they were, in the same bytes each time")
  func results() throws {
    for result in [values(Self.value), values(nil)] {
      #expect(try ResultBody.decode(ResultBody.encode([result])) == CircuitResults([result]))
    }
    var other = Self.value
    other.diagnostics = Dictionary(uniqueKeysWithValues: Self.value.diagnostics.sorted { $0.key > $1.key })
    #expect(ResultBody.encode([values(other)]) == ResultBody.encode([values(Self.value)]))
  }

  @Test("mitigated values that no technique gives are refused")
  func hostileResults() throws {
    var many = Self.value
    many.diagnostics = Dictionary(uniqueKeysWithValues: (0...Limits.diagnosticCount).map { ("d\($0)", 0) })
    var long = Self.value
    long.method = String(repeating: "x", count: Limits.nameByteCount + 1)
    var variants = Self.value
    variants.variants = Limits.mitigationVariantCount + 1
    for value in [many, long, variants] {
      let error = #expect(throws: ProtocolError.self) { try ResultBody.decode(ResultBody.encode([values(value)])) }
      #expect(error?.code == .tooLarge)
    }
    // The same name twice.
    var bytes = ResultBody.encode([
      values(MitigatedValue(method: "m", value: 0, standardError: 0, variants: 1, diagnostics: ["aa": 1, "ab": 1]))
    ])
    let place = try #require(bytes.firstRange(of: "ab".utf8))
    bytes.replaceSubrange(place, with: "aa".utf8)
    let error = #expect(throws: ProtocolError.self) { try ResultBody.decode(bytes) }
    #expect(error?.message.contains("there twice") == true)
  }
}
