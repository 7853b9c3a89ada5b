/// The failures of one source as they are found; parser and elaborator share it.
final class Diagnostics {
  private struct Key: Hashable {
    var start: UInt32
    var code: OpenQASMError.Code
  }

  private var failures: [Failure] = []
  private var seen: Set<Key> = []
  private var omittedCount = 0

  /// How many failures there are.
  private(set) var count = 0

  /// Whether there is none.
  var isEmpty: Bool { count == 0 }

  /// Notes a failure, once a place and kind: a loop's body fails in every round, but is wrong once.
  func record(_ failure: Failure) {
    count += 1
    guard !failure.isSilent else { return }
    guard failures.count < Limits.diagnosticCount else {
      omittedCount += 1
      return
    }
    if seen.insert(Key(start: failure.range.start, code: failure.code)).inserted { failures.append(failure) }
  }

  /// All failures with their lines and columns, or nil if there is none.
  func error(in source: SourceText) -> OpenQASMError? {
    guard !failures.isEmpty else { return nil }
    let ordered = failures.sorted { $0.range.start < $1.range.start }
    return OpenQASMError(source.diagnostics(ordered), omittedCount: omittedCount)
  }
}
