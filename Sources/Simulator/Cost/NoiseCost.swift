internal import Circuits

/// What each method is predicted to take of a circuit with noise, and which one is taken: by the circuit and what is asked for alone.
///
/// Without shots, values have to be exact: a density matrix gives them, or all histories of a state vector where they are few. With shots, those
/// may be drawn from a density matrix too. The cheapest is taken; one row counts, so that rows run alike whichever come with them.
///
/// A row of Clifford gates with noise of Pauli strings may run as a stabilizer state besides, which gives exact values and draws shots.
package struct NoiseCost: Hashable, Sendable {
  /// A density matrix, even where none can run it.
  package let densityMatrix: MethodCost
  /// A state vector: trajectories with shots, all histories without.
  package let stateVector: MethodCost
  /// A stabilizer state, even where the circuit is none: whether it is one depends on a row's values too.
  package let stabilizer: MethodCost
  /// Of the first two what can run it, the cheapest first.
  package let candidates: [MethodCost]
  /// Why no density matrix can; nil if one can.
  private let densityRefusal: String?
  private let qubitCount: Int

  /// The cost of a request; nil for a circuit without noise.
  package init?(_ request: SimulationRequest) {
    guard request.circuit.hasChannels else { return nil }
    let work = NoiseWork(request.circuit, shots: request.shots ?? 0)
    guard work.hasNoise else { return nil }
    let counting = CostCounting(request, work)
    densityRefusal = request.densityRefusal(work)
    qubitCount = request.circuit.qubitCount
    densityMatrix = counting.densityMatrix
    stabilizer = counting.stabilizer
    let isSampled = request.shots != nil
    stateVector = isSampled ? counting.trajectories : counting.histories
    // A matrix is no choice where it might not fit a worker on which a state vector does.
    let isSmall = !isSampled || densityMatrix.byteCount <= Limits.chosenDensityByteCount
    // Of a loop that may be as long as it likes, most passes are too improbable to be followed.
    let count = work.histories.historyCount
    let isShort = isSampled || count <= Double(Limits.exactBranchCount) || count.isInfinite
    // Of equal costs the first is taken.
    let found = (densityRefusal == nil && isSmall ? [densityMatrix] : []) + (isShort ? [stateVector] : [])
    candidates = found.enumerated().sorted { ($0.element.seconds, $0.offset) < ($1.element.seconds, $1.offset) }.map(\.element)
  }

  /// Whether a stabilizer state is the cheapest for a row that is one.
  package var prefersStabilizer: Bool { stabilizer.seconds < candidates.first?.seconds ?? .infinity }

  /// The cheapest of what takes every row.
  ///
  /// - Throws: ``SimulatorError`` with code `unsupported` if nothing gives exact values.
  package func chosen() throws(SimulatorError) -> MethodCost {
    if let first = candidates.first { return first }
    throw SimulatorError(
      .unsupported,
      "exact values of a circuit with noise on \(qubitCount) qubits: \(densityRefusal ?? "no density matrix"), and it has more than \(Limits.exactBranchCount) histories of outcomes to follow; with shots it runs, values being averages then"
    )
  }
}

/// Turns work into seconds and bytes.
private struct CostCounting {
  private let request: SimulationRequest
  private let work: NoiseWork
  private let rates: CostRates
  private let qubitCount: Int
  private let amplitudeCount: Double
  /// Times that the state is read at the end of each history.
  private let readingCount: Double

  init(_ request: SimulationRequest, _ work: NoiseWork) {
    (self.request, self.work) = (request, work)
    rates = .rates(request.precision)
    qubitCount = max(request.circuit.qubitCount, 1)
    amplitudeCount = Self.power(2, qubitCount)
    let termCount = request.observables.reduce(0) { $0 + $1.terms.count }
    readingCount = Double(termCount + (request.wantsProbabilities ? 1 : 0) + (request.shots == nil ? 0 : 1))
  }

  private static func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<min(exponent, 200)).reduce(1) { product, _ in product * base }
  }

  private var gateSeconds: Double {
    (qubitCount < Limits.leastTileQubitCount ? rates.gate : rates.plannedGate) + rates.gateAmplitude * amplitudeCount
  }
  private var sharedGateSeconds: Double { rates.sharedGate + rates.gateAmplitude * amplitudeCount }
  private var preparationSeconds: Double { rates.instruction * work.instructionCount }
  private var stringSeconds: Double { rates.string + rates.stringAmplitude * amplitudeCount }
  private var shotSeconds: Double { rates.shot * Double(request.shots ?? 0) }
  private var readSeconds: Double { readingCount * rates.readAmplitude * amplitudeCount }

  var densityMatrix: MethodCost {
    let (density, realCount) = (work.density, Self.power(4, qubitCount))
    let wide = density.wideDigits * rates.wideDigit + density.wideTerms * rates.wideTerm
    let passes = (zip(density.allPasses, rates.passReal).reduce(0) { $0 + $1.0 * $1.1 } + wide) * realCount
    // Rows of a template share the maps of channels, and have some for each gate whatever there is beside it.
    let isTemplate = !request.circuit.parameters.isEmpty
    let operators = isTemplate ? 0 : zip(density.operators, rates.operators).reduce(0) { $0 + $1.0 * $1.1 }
    let outcomes = request.shots == nil && !request.wantsProbabilities ? 0 : rates.outcome * amplitudeCount
    let seconds =
      preparationSeconds + passes + operators + density.mapCount * rates.map + density.historyCount * outcomes + shotSeconds
    let byteCount = UInt128(density.matrixCount) * (UInt128(request.precision.realByteCount) << UInt128(2 * min(qubitCount, 40)))
    return MethodCost(way: .densityMatrix, seconds: seconds, byteCount: byteCount)
  }

  var histories: MethodCost {
    let histories = work.histories
    let seconds =
      preparationSeconds + histories.gateRuns * gateSeconds + histories.stringRuns * stringSeconds + histories.historyCount
      * readSeconds
    return MethodCost(way: .histories, seconds: seconds, byteCount: stateByteCount(histories.historyCount))
  }

  var trajectories: MethodCost {
    let (shared, count) = (work.trajectories, work.trajectories.historyCount)
    let draws = shared.siteCount * Double(max(request.shots ?? 0, 1)) * rates.draw
    let seconds =
      preparationSeconds + shared.gateRuns * sharedGateSeconds + count * rates.history + shared.stringRuns * stringSeconds + draws
      + count * readSeconds
      + shotSeconds
    return MethodCost(way: .trajectories, seconds: seconds, byteCount: stateByteCount(count))
  }

  var stabilizer: MethodCost {
    let shots = Double(request.shots ?? 0)
    let readings = work.trajectories.siteCount + Double(request.circuit.readout.count)
    let seconds = rates.cliffordGate * work.instructionCount + readings * shots * rates.frameDraw
    let run = request.circuit.hasFixedSteps ? frameSeconds(shots) : tableauSeconds(shots)
    return MethodCost(way: .stabilizer, seconds: seconds + run, byteCount: UInt128(qubitCount * qubitCount))
  }

  /// Shots that are bits of words, and strings that are followed backwards, which are bits too.
  private func frameSeconds(_ shots: Double) -> Double {
    let words = (shots / 64).rounded(.up) + (readingCount / 64).rounded(.up)
    return work.instructionCount * words * rates.frameWord + shots * rates.frameOutcome
  }

  /// A tableau for each history of bits that are read; without shots, for every one of errors too.
  private func tableauSeconds(_ shots: Double) -> Double {
    let step = rates.tableauStep + readingCount * Double(qubitCount) / max(work.instructionCount, 1) * rates.tableauStep
    guard request.shots == nil else {
      return min(work.density.historyCount, max(shots, 1)) * work.instructionCount * step + frameSeconds(shots)
    }
    let count = work.histories.historyCount
    return count <= Double(Limits.exactBranchCount) ? count * work.instructionCount * step : .infinity
  }

  private var stateByteCount: UInt128 {
    UInt128(request.precision.amplitudeByteCount) << UInt128(min(qubitCount, Limits.qubitCount))
  }

  /// How many states may be there at once.
  private var keptStateCount: Int {
    stateByteCount > UInt128(Limits.branchRegisterByteCount) ? 1 : Limits.branchRegisterCount
  }

  private func stateByteCount(_ historyCount: Double) -> UInt128 {
    stateByteCount * UInt128(min(historyCount.rounded(.up), Double(keptStateCount)))
  }
}

extension SimulationRequest {
  /// Why no density matrix gives what is asked for; nil if one does.
  fileprivate func densityRefusal(_ work: NoiseWork) -> String? {
    let bitCount = circuit.measures ? circuit.outputBits.count : circuit.qubitCount
    if circuit.qubitCount > Limits.densityQubitCount {
      return "a density matrix has 4ⁿ reals, for at most \(Limits.densityQubitCount) qubits"
    }
    if shots != nil, bitCount > UInt64.bitWidth { return "shots of a density matrix have at most \(UInt64.bitWidth) bits" }
    if work.density.historyCount > Double(Limits.fewHistoryCount) {
      return "measurements on its way have more than \(Limits.fewHistoryCount) histories, each of which takes a density matrix"
    }
    return nil
  }
}
