/// Watches plans while they run, pass by pass.
///
/// Belongs to one thread. The device has to be waited for before and after each pass, so a run that is watched takes longer.
package final class PlanRecorder {
  /// What has been seen.
  package private(set) var report = PlanReport()
  /// Whether passes are still to be watched.
  package private(set) var isOpen = true
  /// Seconds since any moment; never goes back.
  private let now: () -> Double

  package init(now: @escaping () -> Double) { self.now = now }

  /// The passes from here on were planned together.
  func beginSegment() { report.segmentCount += 1 }

  /// Runs a pass on a register and notes what it was.
  func run<Register: StateRegister & ~Copyable>(_ pass: Pass, on register: inout Register) throws(SimulatorError) {
    try register.synchronize()
    let start = now()
    try register.apply(pass)
    try register.synchronize()
    report.rows.append(
      PassRow(
        pass, qubitCount: register.qubitCount, precision: register.precision, segment: report.segmentCount - 1,
        traffic: register.traffic(of: pass), seconds: now() - start))
  }

  /// Ends the watch: what follows is another history of measurements, or another row.
  func close(idleQubits: [Int], outcomes: [UInt8]) {
    isOpen = false
    (report.idleQubits, report.outcomes) = (idleQubits, outcomes)
  }
}
