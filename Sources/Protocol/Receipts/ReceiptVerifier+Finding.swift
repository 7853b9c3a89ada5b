extension ReceiptVerifier {
  /// Something that does not hold.
  public struct Finding: Hashable, Sendable {
    /// A stable name of the kind of finding.
    public struct Code: RawRepresentable, Hashable, Sendable {
      /// The name, in lower case with underscores.
      public let rawValue: String
      /// Makes a code of its name.
      public init(rawValue: String) { self.rawValue = rawValue }

      /// Circuits without any result.
      public static let missing = Code(rawValue: "missing")
      /// Circuits with two results, or parts out of order.
      public static let overlap = Code(rawValue: "overlap")
      /// The bytes are not one result for each of the circuits.
      public static let malformedResult = Code(rawValue: "malformed_result")
      /// Results that nobody signed for.
      public static let noReceipt = Code(rawValue: "no_receipt")
      /// Bytes that are no receipt.
      public static let malformedReceipt = Code(rawValue: "malformed_receipt")
      /// A receipt of another job.
      public static let otherJob = Code(rawValue: "other_job")
      /// A receipt of another request.
      public static let otherRequest = Code(rawValue: "other_request")
      /// A receipt of other circuits.
      public static let otherCircuits = Code(rawValue: "other_circuits")
      /// A receipt of other results.
      public static let otherResult = Code(rawValue: "other_result")
      /// The signature is not one of the receipt by its key.
      public static let invalidSignature = Code(rawValue: "invalid_signature")
      /// The key is none of those that are trusted.
      public static let untrustedKey = Code(rawValue: "untrusted_key")
      /// The executable is none of those that are allowed.
      public static let unknownBinary = Code(rawValue: "unknown_binary")
    }

    /// The kind of finding.
    public var code: Code
    /// The circuits that it is about.
    public var circuits: Range<Int>
    /// What was found, and what would be accepted.
    public var message: String

    /// Makes a finding.
    public init(code: Code, circuits: Range<Int>, message: String) {
      (self.code, self.circuits, self.message) = (code, circuits, message)
    }
  }
}
