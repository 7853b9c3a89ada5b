internal import RealModule
internal import Simulator

/// Times a plan's circuits on one device, the small ones first, until memory or time ends.
struct ScalingSweep<Register: StateRegister & ~Copyable> {
  let plan: ScalingPlan
  let device: BenchDevice.Facts
  let makeRegister: (Int, Precision) throws(SimulatorError) -> Register
  /// Told what is about to run, and which share of the work lies behind.
  let progress: (_ label: String, _ share: Double) -> Void

  /// Runs everything.
  ///
  /// - Throws: ``SimulatorError`` when the device fails. A state that does not fit ends the sweep and is reported as skipped.
  func run() throws -> DeviceScaling {
    var result = DeviceScaling(device: device)
    let largest = min(device.largestQubitCount(plan.precision), ScalingPlan.qubitCountLimit)
    var open = plan.families
    if let qubitCounts = plan.qubitCounts(largest: largest) {
      for qubitCount in qubitCounts where !open.isEmpty {
        do {
          var register = PlannedRegister(try makeRegister(qubitCount, plan.precision))
          for family in open {
            progress(
              "\(device.label)  \(family.rawValue) on \(qubitCount) qubits", share(before: qubitCount, family, in: qubitCounts))
            if try !run(family, qubitCount, qubitCounts.upperBound, &register, &result) { open.removeAll { $0 == family } }
          }
        } catch let error as SimulatorError where error.code == .outOfMemory {
          skip(open, qubitCount...qubitCounts.upperBound, error.message, &result)
          return result
        }
      }
    }
    if let beyond = plan.beyond(largest: largest) { skip(open, beyond, device.refusal(beyond.lowerBound, plan.precision), &result) }
    return result
  }

  /// Runs one point or skips it and all larger ones; returns whether the family goes on.
  private func run(
    _ family: CircuitFamily, _ qubitCount: Int, _ last: Int, _ register: inout PlannedRegister<Register>,
    _ result: inout DeviceScaling
  ) throws -> Bool {
    let circuit = try PreparedCircuit(try family.circuit(qubitCount: qubitCount, seed: plan.seed), precision: plan.precision)
    let previous = result.points.last { $0.family == family }
    if let reason = plan.refusal(previous: previous, bytesMoved: circuit.bytesMoved) {
      skip([family], qubitCount...(plan.maximumQubitCount ?? last), reason, &result)
      return false
    }
    result.points.append(
      ScalingPoint(
        family: family, qubitCount: qubitCount, gateCount: circuit.gateCount, seconds: try time(circuit, &register),
        bytesMoved: circuit.bytesMoved))
    return true
  }

  /// Times of one run in ascending order, one a sample.
  private func time(_ circuit: PreparedCircuit, _ register: inout PlannedRegister<Register>) throws(SimulatorError) -> [Double] {
    let first = try time(circuit, &register, runs: 1)
    let sampling = plan.sampling(runSeconds: first)
    var samples = [Double]()
    for _ in 0..<sampling.samples { samples.append(try time(circuit, &register, runs: sampling.runs) / Double(sampling.runs)) }
    return samples.sorted()
  }

  private func time(_ circuit: PreparedCircuit, _ register: inout PlannedRegister<Register>, runs: Int) throws(SimulatorError)
    -> Double
  {
    let clock = ContinuousClock()
    let start = clock.now
    for _ in 0..<runs { try circuit.run(on: &register) }
    return (clock.now - start) / .seconds(1)
  }

  private func skip(_ families: [CircuitFamily], _ qubits: ClosedRange<Int>, _ reason: String, _ result: inout DeviceScaling) {
    for family in families { result.skipped.append(SkippedPoints(family: family, qubits: qubits, reason: reason)) }
  }

  /// The share of the work before a point, if each doubles from one size to the next once the state is large.
  private func share(before qubitCount: Int, _ family: CircuitFamily, in qubitCounts: ClosedRange<Int>) -> Double {
    func weight(_ qubits: Int) -> Double { Double.exp2(Double(max(qubits, 16))) }
    let total = qubitCounts.reduce(0) { $0 + weight($1) }
    let smaller = (qubitCounts.lowerBound..<qubitCount).reduce(0) { $0 + weight($1) }
    let place = Double(plan.families.firstIndex(of: family) ?? 0) / Double(plan.families.count)
    return (smaller + place * weight(qubitCount)) / total
  }
}
