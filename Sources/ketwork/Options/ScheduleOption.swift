internal import ArgumentParser
internal import Circuits
internal import Transpiler

/// When gates of a compiled circuit start.
enum ScheduleOption: String, ExpressibleByArgument, CaseIterable {
  case asap
  case alap

  private var policy: Schedule.Policy {
    switch self {
    case .asap: .asSoonAsPossible
    case .alap: .asLateAsPossible
    }
  }

  /// Writes delays for waits into a circuit.
  ///
  /// - Returns: How long the circuit takes, in seconds; nil with control flow, where that depends on what is measured.
  func write(into compiled: inout CompiledCircuit, _ target: CompilationTarget) throws(CircuitError) -> Double? {
    guard let device = target.device else { return nil }
    let schedule = try Schedule(compiled.circuit, on: device, policy: policy)
    let isStraight = !compiled.circuit.instructions.contains(where: \.isClassical)
    compiled.circuit = schedule.padded
    return isStraight ? schedule.duration : nil
  }
}
