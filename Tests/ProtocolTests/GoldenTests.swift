import Foundation
import Protocol
import Testing

/// Bytes of version 1 that must stay readable and stay what is written: peers of other versions and in other languages rely on
/// them, and so do request hashes.
///
/// A changed file is a changed protocol: then the major version changes, or the field that was added has a new number. Written
/// anew with KETWORK_WRITE_GOLDEN=1.
@Suite("Golden bytes")
struct GoldenTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")

  static func cases() throws -> [(name: String, bytes: [UInt8])] {
    var cases = try Samples.contents.enumerated().map { index, content in
      let frames = try Message(id: 11, replyTo: 10, traceParent: "00-ab-cd-01", sentUnixNanoseconds: 12, content).encode()
      return ("\(index < 10 ? "0" : "")\(index)-\(content.type)", frames.flatMap { $0 })
    }
    cases.append(("job-body", JobBody.encode(try Samples.items())))
    cases.append(("job-body-mitigation", JobBody.encode(MitigationSettingsTests.samples.map { MitigationSettingsTests.item($0) })))
    let mitigated = CircuitValues(qubitCount: 1, expectations: [.init(value: 0.5, mitigated: MitigationSettingsTests.value)])
    cases.append(("result-body-mitigation", ResultBody.encode([CircuitResult(item: 0, row: 0, outcome: .values(mitigated))])))
    let noise = try NoisyCircuitBodyTests.noises()[0]
    cases.append(("template-noisy-circuit", try Template(NoisyCircuitBodyTests.bell(), noise: noise).bytes))
    cases.append(("result-body", ResultBody.encode(Samples.results)))
    cases.append(("result-body-rows", ResultBody.encode(Samples.rows)))
    cases.append(("template-bundle", TemplateBundle.encode([try Template(openQASM: "OPENQASM 3.0;")])))
    cases.append(("listing-body", ListingBody.encode(jobs: [Samples.status], workers: [Samples.worker])))
    cases.append(("listing-body-dead-letters", ListingBody.encode(deadLetters: [Samples.deadLetter])))
    cases.append(("receipt-body", ReceiptBody.encode(Samples.parts)))
    cases.append(("listing-body-audits", ListingBody.encode(audits: Samples.audits, auditCounts: Samples.auditCounts)))
    cases.append(("request-hash", JobBody.requestHash(try Samples.items()).bytes))
    return cases
  }

  @Test("what is written is what was written by the first version, byte for byte")
  func written() throws {
    let isWriting = ProcessInfo.processInfo.environment["KETWORK_WRITE_GOLDEN"] != nil
    for (name, bytes) in try Self.cases() {
      let file = Self.folder.appendingPathComponent(name + ".hex")
      let text = bytes.map { String(format: "%02x", $0) }.joined() + "\n"
      if isWriting { try text.write(to: file, atomically: true, encoding: .utf8) }
      #expect(try String(contentsOf: file, encoding: .utf8) == text, "\(name)")
    }
  }

  @Test("there is a file for each case and none besides")
  func files() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).sorted()
    #expect(names == (try Self.cases()).map { $0.name + ".hex" }.sorted())
  }
}
