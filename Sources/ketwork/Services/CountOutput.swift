internal import Simulator

/// How often each outcome is drawn: `outcomes`, all of them in ascending order × bits, the highest bit first, and `counts`, rows × outcomes.
struct CountOutput: ArrayOutput {
  let sampler: Sampler
  let shotCount: Int
  let keys: DrawKeys

  private var outcomeCount: Int { 1 << sampler.bitCount }

  var rowByteCount: Int { 8 * outcomeCount }

  func members(rowCount: Int) -> [NumPyArchive.Member] {
    [
      .init(name: "outcomes", element: .uint8, shape: [outcomeCount, sampler.bitCount]),
      .init(name: "counts", element: .int32, shape: [rowCount, outcomeCount]),
    ]
  }

  func append(_ parameters: [Double], _ rows: Range<Int>, to archive: NumPyArchive, firstMember: Int, _ stop: StopFlag) throws {
    if rows.lowerBound == 0 { try archive.append(outcomes, to: firstMember) }
    let firstRow = try DrawKeys.firstRow(of: rows)
    var counts = [UInt32](repeating: 0, count: rows.count * outcomeCount)
    var places = counts.mutableSpan
    sampler.firstRowNumber = 1
    try sampler.sample(
      parameters.span, rowCount: rows.count, shots: shotCount, seed: keys.seed, circuitIndex: keys.circuitIndex, firstRow: firstRow,
      counts: &places, stop: stop)
    // No more than the shots, which fit a signed number: whoever subtracts counts does not expect them to wrap around.
    try archive.append(counts, to: firstMember + 1)
  }

  private var outcomes: [UInt8] {
    (0..<outcomeCount).flatMap { outcome in
      (0..<sampler.bitCount).reversed().map { UInt8(truncatingIfNeeded: outcome >> $0 & 1) }
    }
  }
}
