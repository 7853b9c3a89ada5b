import Foundation
import Protocol

/// Signs what a worker's devices give.
struct ReceiptSigner: Sendable {
  private let key: SigningKey
  private let binaryHash: Digest

  init(key: SigningKey, binaryHash: Digest) {
    self.key = key
    self.binaryHash = binaryHash
  }

  /// The signed receipt of a lease's results; empty where the broker did not say what the job asks for.
  func receipt(of results: [UInt8], _ work: WorkerState.Work) throws(ProtocolError) -> [UInt8] {
    guard let requestHash = work.lease.requestHash else { return [] }
    let receipt = Receipt(
      job: work.lease.job, requestHash: requestHash, circuits: work.lease.circuits, seeds: work.items.map(\.settings.seed),
      resultDigest: Digest(of: results), binaryHash: binaryHash,
      unixNanoseconds: UInt64(max(0, Date().timeIntervalSince1970) * 1e9))
    return try key.sign(receipt).bytes
  }
}
