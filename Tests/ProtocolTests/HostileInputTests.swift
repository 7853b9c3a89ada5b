import Foundation
import Protocol
import TestSupport
import Testing

@Suite("Hostile input")
struct HostileInputTests {
  /// Rounds of each of eight seeds: more than 10⁵ inputs in all, or KETWORK_FUZZ_ROUNDS (150,000 are 10⁶ messages, and more payloads).
  static let rounds = ProcessInfo.processInfo.environment["KETWORK_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 4_000

  @Test("mutated messages are read or refused, never trapped on", arguments: 0..<8)
  func messages(seed: UInt64) throws {
    var generator = SplitMix(seed: seed)
    let samples = try Samples.contents.map { try Message(id: 1, replyTo: 2, $0, payload: [1, 2, 3]).encode() }
    var refused = 0
    for _ in 0..<Self.rounds {
      var frames = samples.randomElement(using: &generator)!
      let place = Int.random(in: 0..<frames.count, using: &generator)
      frames[place] = generator.mutated(frames[place])
      do {
        let message = try Message.decode(frames)
        // What is read can be written again and is the same: nothing was half understood.
        #expect(try Message.decode(message.encode()) == message, "seed \(seed)")
      } catch {
        refused += 1
      }
    }
    #expect(refused > Self.rounds / 10)
  }

  @Test("random frames are refused, never trapped on", arguments: 0..<8)
  func noise(seed: UInt64) {
    var generator = SplitMix(seed: seed)
    for round in 0..<Self.rounds {
      var frames = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
        generator.bytes(Int.random(in: 0...40, using: &generator))
      }
      // Half of them get past the first frame.
      if round % 2 == 0, frames.count > 1 {
        frames[0] = Array("KWP1".utf8) + [MessageType.allCases.randomElement(using: &generator)!.rawValue, 0, 0, 0]
      }
      _ = try? Message.decode(frames)  // Refused or not, what counts is that this returns.
    }
  }

  @Test("mutated payloads of every kind are read or refused, never trapped on", arguments: 0..<8)
  func payloads(seed: UInt64) throws {
    var generator = SplitMix(seed: seed)
    let mitigated = MitigationSettingsTests.samples.map { MitigationSettingsTests.item($0) }
    let job = JobBody.encode(try Job(items: try Samples.items() + mitigated).items)
    let values = CircuitValues(qubitCount: 1, expectations: [.init(value: 0.5, mitigated: MitigationSettingsTests.value)])
    let results = ResultBody.encode(
      Samples.results + [CircuitResult(item: 4, row: 0, outcome: .values(values))] + Samples.rows)
    let templates = TemplateBundle.encode([try Template(openQASM: "OPENQASM 2.0;")])
    let listing = ListingBody.encode(
      jobs: [Samples.status, Samples.laterStatus], workers: [Samples.worker], deadLetters: [Samples.deadLetter])
    var read = 0
    for _ in 0..<Self.rounds / 2 {
      // The reason of a refusal is looked at elsewhere; here it matters that there is one, or a value.
      if let items = try? JobBody.decodeJob(generator.mutated(job)) {
        #expect(try JobBody.decodeJob(JobBody.encode(items)) == items, "seed \(seed)")
        read += 1
      }
      let mutated = generator.mutated(results)
      if let some = try? ResultBody.decode(mutated) {
        read += some.count.signum()
        if some.count > 1 { #expect(throws: Never.self) { try ResultBody.cut(mutated, to: 1..<some.count) } }
      }
      if let some = try? TemplateBundle.decode(generator.mutated(templates)) { read += some.count.signum() }
      if let some = try? ListingBody.decode(generator.mutated(listing)) { read += some.jobs.count.signum() }
    }
    #expect(read > 0)
  }

  @Test(
    "what is no message is refused by its reason",
    arguments: [
      ([], .malformed), ([[]], .malformed), ([[], []], .malformed), ([Array("KWP1".utf8), []], .malformed),
      ([Array("KWP2".utf8) + [19, 0, 0, 0], []], .version), ([Array("KWP1".utf8) + [1, 0, 0, 0], []], .unknownType),
      ([Array("KWP1".utf8) + [19, 0, 0, 0], []], .malformed), ([Array("HTTP".utf8) + [19, 0, 0, 0], []], .malformed),
      ([Array("KWP1".utf8) + [19, 0, 0, 0], [0xff]], .malformed),
    ] as [([[UInt8]], ProtocolError.Code)])
  func reasons(frames: [[UInt8]], code: ProtocolError.Code) {
    #expect { try Message.decode(frames) } throws: { ($0 as? ProtocolError)?.code == code }
  }

  @Test("the type byte and the header must say the same")
  func typeMismatch() throws {
    var frames = try Message(.ping).encode()
    frames[0][4] = MessageType.pong.rawValue
    #expect { try Message.decode(frames) } throws: { ($0 as? ProtocolError)?.code == .malformed }
  }

  @Test("flags and reserved bytes are for later versions, and are not looked at")
  func reserved() throws {
    var frames = try Message(.ping).encode()
    frames[0][5...7] = [1, 2, 3]
    #expect(try Message.decode(frames).content == .ping)
  }
}
