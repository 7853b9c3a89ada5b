/// A run of bytes of the source.
struct SourceRange: Hashable, Sendable {
  var start: UInt32
  var end: UInt32

  init(_ start: Int, _ end: Int) {
    self.start = UInt32(truncatingIfNeeded: start)
    self.end = UInt32(truncatingIfNeeded: max(start, end))
  }

  /// From the start of this range to the end of another.
  func through(_ other: SourceRange) -> SourceRange { SourceRange(Int(start), Int(max(end, other.end))) }
}

/// Why a statement was given up; the statements after it are still read.
struct Failure: Error {
  var code: OpenQASMError.Code
  var message: String
  var range: SourceRange
  /// Nothing after it can be trusted or afforded: a limit was passed.
  var isFatal = false
  /// It follows from an error already reported.
  var isSilent = false

  init(_ code: OpenQASMError.Code, _ message: String, at range: SourceRange) {
    self.code = code
    self.message = message
    self.range = range
  }

  /// A limit was passed: reading stops here.
  static func fatal(_ message: String, at range: SourceRange) -> Failure {
    var failure = Failure(.limitExceeded, message, at: range)
    failure.isFatal = true
    return failure
  }

  /// The use of something whose declaration is already reported as wrong.
  static func silent(at range: SourceRange) -> Failure {
    var failure = Failure(.unknownName, "", at: range)
    failure.isSilent = true
    return failure
  }
}
