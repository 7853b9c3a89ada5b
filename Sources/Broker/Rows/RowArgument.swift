internal import Protocol

/// A value that a statement is given.
enum RowArgument: Hashable, Sendable {
  case absent
  case number(Int64)
  case bytes([UInt8])
  case text(String)

  init(_ number: Int) { self = .number(Int64(number)) }
  init(_ number: UInt64) { self = .number(RowValue.number(number)) }
  init(_ number: UInt64?) { self = number.map { .number(RowValue.number($0)) } ?? .absent }
  init(_ job: JobID) { self = .bytes(job.bytes) }
  init(_ job: JobID?) { self = job.map { .bytes($0.bytes) } ?? .absent }
  init(_ digest: Digest) { self = .bytes(Array(digest.bytes)) }
  init(_ session: SessionID) { self = .bytes(session.bytes) }
  init(_ session: SessionID?) { self = session.map { .bytes($0.bytes) } ?? .absent }
}
