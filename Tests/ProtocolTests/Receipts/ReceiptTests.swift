import Foundation
import Protocol
import TestSupport
import Testing

@Suite("Receipts", .enabled(if: SigningKey.isBuiltIn, "receipts are not built in: the package trait Receipts is off"))
struct ReceiptTests {
  private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../GoldenReceipts/receipt-1.hex").standardizedFileURL

  private static func golden() throws -> [UInt8] {
    let digits = Array(try String(contentsOf: file, encoding: .utf8).utf8.dropLast())
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)! }
  }

  /// A signature has randomness in it, so the file is written once and for all: by this test where there is none.
  @Test("a receipt of version 1 is read, holds, and is written as it was, but for the signature")
  func golden() throws {
    let receipt = ReceiptSamples.receipt(of: [1, 2, 3])
    let anew = try ReceiptSamples.key().sign(receipt)
    if !FileManager.default.fileExists(atPath: Self.file.path) {
      try (anew.bytes.map { String(format: "%02x", $0) }.joined() + "\n").write(to: Self.file, atomically: true, encoding: .utf8)
    }
    let bytes = try Self.golden()
    let signed = try SignedReceipt(bytes: bytes)
    #expect(signed.receipt == receipt)
    #expect(signed.receipt.seeds == [5, 42, .max])
    #expect(try signed.isSignatureValid())
    #expect(signed.bytes == bytes)
    let signedCount = 148 + 3 * 8 + 1_952
    #expect(bytes.count == signedCount + 3_309)
    #expect(anew.bytes.prefix(signedCount) == bytes.prefix(signedCount))
    #expect(anew.signature != signed.signature)
    // Where the documentation says that they are.
    #expect(bytes.prefix(8) == [0x4b, 0x57, 0x52, 0x43, 1, 0, 1, 0])
    #expect(Digest(bytes: bytes[24..<56]) == receipt.requestHash && Digest(bytes: bytes[72..<104]) == receipt.resultDigest)
    #expect(bytes[56..<64] == [3, 0, 0, 0, 0, 0, 0, 0] && bytes[64] == 9 && bytes[144] == 3 && bytes[148] == 5)
  }

  @Test("a receipt with any bit flipped is refused: it does not read, or its signature does not hold", arguments: 0..<8)
  func flippedBits(bit: Int) throws {
    let bytes = try Self.golden()
    // Every byte that is not key or signature, and some of those.
    let places = Array(0..<172) + stride(from: 172 + bit, to: bytes.count, by: 41)
    for place in places {
      var flipped = bytes
      flipped[place] ^= 1 << bit
      do {
        #expect(try !SignedReceipt(bytes: flipped).isSignatureValid(), "byte \(place)")
      } catch {
        #expect([.malformed, .version, .invalidValue, .tooLarge].contains(error.code), "byte \(place): \(error)")
      }
    }
  }

  @Test("bytes that may be anything are read to the same bytes or refused, never trapped on", arguments: 0..<4)
  func hostile(seed: UInt64) throws {
    var generator = SplitMix(seed: seed)
    let bytes = try Self.golden()
    var refused = 0
    for round in 0..<2_000 {
      // Lengths and counts stand at the front, so that is what is mutated most.
      let mutated =
        round % 3 == 0
        ? generator.mutated(bytes)
        : round % 3 == 1 ? generator.mutated(Array(bytes.prefix(172))) + bytes.dropFirst(172) : generator.bytes(round)
      do { #expect(try SignedReceipt(bytes: mutated).bytes == mutated, "seed \(seed), round \(round)") } catch { refused += 1 }
    }
    #expect(refused > 1_000, "seed \(seed)")
    for count in 0..<200 { #expect(throws: ProtocolError.self) { try SignedReceipt(bytes: Array(bytes.prefix(count * 27))) } }
  }

  @Test("there is one encoding: seeds that do not ascend, or come twice, are refused")
  func canonical() throws {
    var bytes = try Self.golden()
    bytes.swapAt(148, 156)  // 5 and 42
    #expect(throws: ProtocolError.self) { try SignedReceipt(bytes: bytes) }
    bytes[148] = 5
    bytes[156] = 5
    let error = #expect(throws: ProtocolError.self) { try SignedReceipt(bytes: bytes) }
    #expect(error?.message.contains("ascend") ?? false)
  }

  @Test("a receipt with as many seeds as a job may have fits the header of COMPLETE")
  func largest() throws {
    let receipt = Receipt(
      job: Samples.job, requestHash: Samples.digest, circuits: 0..<2_000, seeds: (0..<1_024).map { UInt64.max - $0 },
      resultDigest: Samples.digest, binaryHash: Samples.digest, unixNanoseconds: .max)
    let signed = try ReceiptSamples.key().sign(receipt)
    let complete = Message.Complete(
      fence: Fence(epoch: .max, sequence: .max), job: Samples.job, circuits: 0..<1 << 20, busyTime: .seconds(1 << 30),
      receipt: signed.bytes)
    let message = Message(id: .max, replyTo: .max, traceParent: String(repeating: "x", count: 64), .complete(complete))
    let frames = try message.encode()
    #expect(frames[1].count <= 16 << 10)
    #expect(try Message.decode(frames) == message)
    #expect(try SignedReceipt(bytes: signed.bytes) == signed)
  }

  @Test("a signature holds for its key alone, and a key is that of its seed")
  func keys() throws {
    let (first, second) = (try ReceiptSamples.key(1), try ReceiptSamples.key(2))
    #expect(try ReceiptSamples.key(1).publicKey == first.publicKey && first.publicKey != second.publicKey)
    let signed = try first.sign(ReceiptSamples.receipt(of: [])).bytes
    // The same statement and signature, said to be by the other.
    let keyStart = signed.count - 3_309 - 1_952
    let claimed = Array(signed.prefix(keyStart)) + second.publicKey + signed.suffix(3_309)
    #expect(try !SignedReceipt(bytes: claimed).isSignatureValid())
    let error = #expect(throws: ProtocolError.self) { try SigningKey(seed: Array("not a seed".utf8)) }
    #expect(error.map { !"\($0)".contains("not a seed") && $0.code == .invalidValue } ?? false)
  }

  @Test("a key says nothing of itself in logs and dumps")
  func secrecy() throws {
    let key = try ReceiptSamples.key(0x5a)
    var text = "\(key) \(String(reflecting: key))"
    dump(key, to: &text)
    #expect(!text.contains("90") && !text.lowercased().contains("5a"))
  }

  @Test("signing and verifying take less than a lease's target; the figures are printed")
  func speed() throws {
    let key = try ReceiptSamples.key()
    let receipt = ReceiptSamples.receipt(of: [1])
    var signed = try key.sign(receipt)
    let clock = ContinuousClock()
    let rounds = 200
    let signing = try clock.measure { for _ in 0..<rounds { signed = try key.sign(receipt) } } / rounds
    var validCount = 0
    let verifying = try clock.measure { for _ in 0..<rounds where try signed.isSignatureValid() { validCount += 1 } } / rounds
    #expect(validCount == rounds)
    print("receipt: \(signing) to sign, \(verifying) to verify, \(signed.bytes.count) bytes, mean of \(rounds)")
    #expect(signing < .milliseconds(100) && verifying < .milliseconds(100))
  }
}

@Suite("Receipts without the trait", .enabled(if: !SigningKey.isBuiltIn, "receipts are built in: the package trait Receipts is on"))
struct MissingReceiptTests {
  @Test("what would sign or verify says that it is not built in, and how it would be")
  func refusal() throws {
    let error = #expect(throws: ProtocolError.self) { try SigningKey(seed: [UInt8](repeating: 1, count: 32)) }
    #expect(error?.code == .notBuiltIn && error?.message.contains("Receipts") ?? false)
    let empty = ReceiptedResult(job: Samples.job, requestHash: Samples.digest, circuitCount: 0, parts: [])
    #expect(throws: ProtocolError.self) { try ReceiptVerifier().findings(in: empty) }
  }
}
