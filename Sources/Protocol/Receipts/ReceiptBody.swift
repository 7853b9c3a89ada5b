internal import FoundationEssentials
internal import SwiftProtobuf

/// The payload of RECEIPT_LIST.
package enum ReceiptBody {
  /// Writes parts.
  package static func encode(_ parts: some Sequence<ReceiptedPart>) -> [UInt8] {
    Wire.bytes(
      Ketwork_V1_ReceiptBody.with {
        $0.parts = parts.map { part in
          .with {
            $0.lower = UInt64(part.circuits.lowerBound)
            $0.upper = UInt64(part.circuits.upperBound)
            $0.byteCount = UInt64(part.byteCount)
            $0.receipt = Data(part.receipt)
          }
        }
      })
  }

  /// Reads parts.
  ///
  /// - Throws: ``ProtocolError`` with code `malformed`, `too_large` or `invalid_value`.
  package static func decode(_ bytes: [UInt8]) throws(ProtocolError) -> [ReceiptedPart] {
    let body = try Wire.parse(Ketwork_V1_ReceiptBody.self, bytes, "receipts")
    var parts: [ReceiptedPart] = []
    for record in body.parts {
      guard record.receipt.count <= Limits.receiptByteCount else {
        throw .tooLarge("receipt bytes", record.receipt.count, limit: Limits.receiptByteCount)
      }
      parts.append(
        ReceiptedPart(
          circuits: try Wire.circuits(record.lower, record.upper),
          byteCount: try Wire.count(record.byteCount, "result bytes", limit: Limits.resultByteCount), receipt: Array(record.receipt)
        ))
    }
    return parts
  }
}
