internal import Simulator

/// A plan as it is printed: docs/schemas/results-1.schema.json says what each key means.
struct PlanExplanation: Encodable {
  struct Pass: Encodable {
    var segment: Int
    var localQubits: [Int]?
    var activeQubits: Int
    var blocks: Int
    var exchanges: Int
    var steps: Int
    var operations: Int
    var bytesMoved: Int
    var floatingPointOperations: Int
    var secondsPredicted: Double?
    var secondsMeasured: Double?
    /// At the ceilings.
    var secondsBound: Double

    private enum CodingKeys: String, CodingKey {
      case segment, blocks, exchanges, steps, operations
      case localQubits = "local_qubits"
      case activeQubits = "active_qubits"
      case bytesMoved = "bytes_moved"
      case floatingPointOperations = "floating_point_operations"
      case secondsPredicted = "seconds_predicted"
      case secondsMeasured = "seconds_measured"
      case secondsBound = "seconds_bound"
    }
  }

  struct Ceilings: Encodable {
    var name: String
    var bytesPerSecond: Double
    var operationsPerSecond: Double

    private enum CodingKeys: String, CodingKey {
      case name
      case bytesPerSecond = "bytes_per_second"
      case operationsPerSecond = "operations_per_second"
    }
  }

  var segments: Int
  var idleQubits: [Int]
  /// What measurements, resets and noise on the way gave in the history that is told.
  var outcomes: [Int]
  var passes: [Pass]
  var bytesMoved: Int
  var floatingPointOperations: Int
  var secondsPredicted: Double?
  var secondsMeasured: Double?
  var secondsBound: Double
  /// Those of `secondsBound`.
  var ceilings: Ceilings
  /// Bytes in a second by which passes were predicted; nil without a prediction.
  var bytesPerSecond: Double?

  private enum CodingKeys: String, CodingKey {
    case segments, outcomes, passes, ceilings
    case idleQubits = "idle_qubits"
    case bytesMoved = "bytes_moved"
    case floatingPointOperations = "floating_point_operations"
    case secondsPredicted = "seconds_predicted"
    case secondsMeasured = "seconds_measured"
    case secondsBound = "seconds_bound"
    case bytesPerSecond = "bytes_per_second"
  }

  /// Puts a plan beside predictions.
  ///
  /// - Parameter calibration: What was measured of the device that ran; nil for no prediction.
  init(_ report: PlanReport, calibration: DeviceCalibration?, ceilings: PlanCeilings) {
    segments = report.segmentCount
    idleQubits = report.idleQubits
    outcomes = report.outcomes.map(Int.init)
    passes = report.rows.map { row in
      Pass(
        segment: row.segment, localQubits: row.localQubits, activeQubits: row.activeQubitCount, blocks: row.blockCount,
        exchanges: row.exchangeCount, steps: row.stepCount, operations: row.operationCount, bytesMoved: row.traffic.bytesMoved,
        floatingPointOperations: row.work.operations, secondsPredicted: calibration?.seconds(of: row), secondsMeasured: row.seconds,
        secondsBound: ceilings.seconds(of: row))
    }
    bytesMoved = report.bytesMoved
    floatingPointOperations = report.operations
    secondsPredicted = calibration?.seconds(of: report)
    secondsMeasured = report.seconds
    secondsBound = ceilings.seconds(of: report)
    bytesPerSecond = calibration?.bytesPerSecond
    self.ceilings = Ceilings(
      name: ceilings.name, bytesPerSecond: ceilings.bytesPerSecond, operationsPerSecond: ceilings.operationsPerSecond)
  }
}
