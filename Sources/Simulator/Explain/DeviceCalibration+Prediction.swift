extension DeviceCalibration {
  /// What a pass over a state that no cache holds is predicted to take.
  package func seconds(of row: PassRow) -> Double { max(memorySeconds(of: row), arithmeticSeconds(of: row)) }

  /// What its bytes take at the speed of a change in place.
  package func memorySeconds(of row: PassRow) -> Double { Double(row.traffic.bytesMoved) / bytesPerSecond }

  /// What its parts take in tiles in the cache, over all that the device visits; what has not been measured takes as long as as many operations of a 4×4 matrix.
  package func arithmeticSeconds(of row: PassRow) -> Double {
    let (work, times) = (row.work, secondsPerAmplitude)
    let seconds =
      Double(work.loads) * times.loadAndStore + Double(work.rotations) * times.rotation + Double(work.matrices) * times.matrix
      + Double(work.tables) * times.table + Double(work.otherOperations) / Double(PassWork.operationsOfMatrix) * times.matrix
    return seconds * Double(sign: .plus, exponent: row.traffic.visitedQubitCount - row.activeQubitCount, significand: 1)
  }

  /// What all passes are predicted to take.
  package func seconds(of report: PlanReport) -> Double { report.rows.reduce(0) { $0 + seconds(of: $1) } }
}
