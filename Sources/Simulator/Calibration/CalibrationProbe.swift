internal import Circuits

/// Measures what a device gives, by a clock that is passed in.
///
/// Of several samples the fastest counts: figures are kept for long, and what else ran meanwhile is no property of the device.
package struct CalibrationProbe {
  /// Seconds since any moment; never goes back.
  private let now: () -> Double

  package init(now: @escaping () -> Double) { self.now = now }

  /// The bytes in a second that the device reads and writes when it multiplies every amplitude of a state in place: what the memory gives
  /// to a pass, and so the yardstick for one.
  ///
  /// The factor is 1, so the state stays as it is.
  package func bytesPerSecond<Register: StateRegister & ~Copyable>(of register: inout Register) throws(SimulatorError) -> Double {
    let seconds = try fastest(upTo: Limits.calibrationRepeatCount) { (times) throws(SimulatorError) in
      for _ in 0..<times { try register.collapse(mask: 0, values: 0, scale: 1) }
      try register.synchronize()
    }
    return Double(2 * register.precision.amplitudeByteCount << register.qubitCount) / seconds
  }

  /// Floating-point operations in a second, two for each fused multiply-add.
  package func operationsPerSecond<Register: CalibratedRegister & ~Copyable>(
    of register: borrowing Register
  ) throws(SimulatorError) -> Double {
    var countPerRound = 0.0
    let seconds = try fastest(upTo: Limits.multiplyAddRoundCount) { rounds throws(SimulatorError) in
      countPerRound = try register.chainMultiplyAdds(rounds: rounds) / Double(rounds)
    }
    return 2 * countPerRound / seconds
  }

  /// What the parts of a block take; the state is another one afterwards.
  package func tileTimes<Register: CalibratedRegister & ~Copyable>(
    of register: inout Register
  ) throws(SimulatorError) -> DeviceCalibration.TileTimes {
    try Self.spread(&register)
    let loadAndStore = try seconds(of: .loadAndStore, on: &register)
    let rotations = try seconds(of: .rotations, on: &register)
    let matrices = try seconds(of: .matrices, on: &register)
    let tables = try seconds(of: .tables, on: &register)
    // Without tiles nothing is loaded and stored but by the operations themselves.
    let shared = register.takesTiles ? loadAndStore : 0
    func added(_ block: Double) -> Double { max(0, block - shared) / Double(Limits.calibrationOperationCount) }
    return DeviceCalibration.TileTimes(
      loadAndStore: loadAndStore, rotation: added(rotations), matrix: added(matrices), table: added(tables))
  }

  /// Seconds of one block, for each amplitude.
  private func seconds<Register: CalibratedRegister & ~Copyable>(
    of block: CalibrationBlock, on register: inout Register
  ) throws(SimulatorError) -> Double {
    let (qubitCount, precision) = (register.qubitCount, register.precision)
    let tileQubitCount = Planner(qubitCount: qubitCount, precision: precision).tileQubitCount
    let seconds = try fastest(upTo: Limits.calibrationRepeatCount) { blockCount throws(SimulatorError) in
      var left = blockCount
      while left > 0 {
        let count = min(left, Limits.calibrationBlockCount)
        try register.apply(block.pass(blockCount: count, qubitCount: qubitCount, tileQubitCount: tileQubitCount))
        left -= count
      }
      try register.synchronize()
    }
    return seconds / Double(sign: .plus, exponent: qubitCount, significand: 1)
  }

  /// The uniform superposition, so that no amplitude is zero or denormal.
  private static func spread<Register: StateRegister & ~Copyable>(_ register: inout Register) throws(SimulatorError) {
    try register.reset(to: 0)
    let half = Complex(Double(0.5).squareRoot())
    for qubit in 0..<register.qubitCount {
      try register.apply(.matrix([half, half, half, -half], targets: [qubit], controls: .none))
    }
  }

  /// Seconds for each unit of a work's size, the fastest of a few samples.
  ///
  /// A first run is not counted: it wakes threads, touches memory for the first time, and drivers compile then. The size is doubled until
  /// a sample takes long enough to be measured, twice in a row so that it is not the machine that was busy, or is `largest`. When samples
  /// have taken long together, no further one is begun.
  package func fastest(upTo largest: Int, _ work: (Int) throws(SimulatorError) -> Void) throws(SimulatorError) -> Double {
    func sample(_ size: Int) throws(SimulatorError) -> Double {
      let start = now()
      try work(size)
      return now() - start
    }
    try work(1)
    var (size, total) = (1, 0.0)
    var best = try sample(size)
    while size < largest {
      if best >= Limits.calibrationSampleSeconds {
        total += best
        best = min(best, try sample(size))
        if best >= Limits.calibrationSampleSeconds { break }
      }
      size = min(2 * size, largest)
      best = try sample(size)
    }
    total += best
    for _ in 2..<Limits.calibrationSampleCount where total < Limits.calibrationFigureSeconds {
      let further = try sample(size)
      total += further
      best = min(best, further)
    }
    // A clock that stands still would make rates infinite.
    return max(best, .leastNormalMagnitude) / Double(size)
  }
}
