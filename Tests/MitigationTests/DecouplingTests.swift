import Circuits
import TestSupport
import Testing

@testable import Mitigation

@Suite("dynamical decoupling")
struct DecouplingTests {
  /// Qubit 0 waits for three gates of the others.
  private func circuit() throws -> Circuit {
    var circuit = try Circuit(qubitCount: 3)
    try circuit.append(.h, on: 0)
    try circuit.append(.h, on: 1)
    for _ in 0..<3 { try circuit.append(.cx, on: 1, 2) }
    try circuit.append(.cx, on: 0, 1)
    return circuit
  }

  private static func duration(_ name: String, _ qubits: [Int]) throws(CircuitError) -> Double {
    switch name {
    case "cx": 400e-9
    case "y": 45e-9
    default: 35e-9
    }
  }

  /// What waiting does: rotations about Z, whose angles are the times' multiples, and pulses that take no time for it.
  private func dephased(_ circuit: Circuit, speed: Double) throws -> Circuit {
    var result = try Circuit(qubitCount: circuit.qubitCount)
    for instruction in circuit.instructions {
      if case .delay(let seconds, let qubits) = instruction {
        for qubit in qubits { try result.append(.rz, ClassicalExpression(speed) * seconds, on: qubit) }
      } else {
        try result.append(instruction)
      }
    }
    return result
  }

  @Test("the unitary stays up to a global phase: 1e-12", arguments: [DecouplingSequence.xx, .cpmg, .xy4], [1, 2, 3])
  func unitary(_ sequence: DecouplingSequence, _ repetitions: Int) throws {
    let circuit = try circuit()
    let found = try DynamicalDecoupling(sequence, repetitions: repetitions).decoupled(circuit, duration: Self.duration)
    #expect(found.filledCount == 1 && found.skippedCount == 0)
    let (old, new) = (try SameBehaviour.unitary(circuit), try SameBehaviour.unitary(found.circuit))
    #expect(SameBehaviour.distanceUpToPhase(old, new) < 1e-12)
    // The phase that the documentation tells of.
    let isNegative = sequence == .xy4 && repetitions % 2 == 1
    #expect((new.distance(to: old) < 1e-12) != isNegative)
  }

  @Test("a coherent rotation about Z while waiting cancels: 1e-12", arguments: [DecouplingSequence.xx, .cpmg, .xy4], [1, 2])
  func cancels(_ sequence: DecouplingSequence, _ repetitions: Int) throws {
    let circuit = try circuit(), speed = 3e6
    let ideal = try SameBehaviour.unitary(circuit)
    let plain = try Schedule(circuit, duration: Self.duration).padded
    #expect(SameBehaviour.distanceUpToPhase(try SameBehaviour.unitary(dephased(plain, speed: speed)), ideal) > 0.1)
    let found = try DynamicalDecoupling(sequence, repetitions: repetitions).decoupled(circuit, duration: Self.duration).circuit
    #expect(SameBehaviour.distanceUpToPhase(try SameBehaviour.unitary(dephased(found, speed: speed)), ideal) < 1e-12)
  }

  @Test("windows keep their lengths: everything starts when it did", arguments: [DecouplingSequence.xx, .cpmg, .xy4])
  func times(_ sequence: DecouplingSequence) throws {
    let circuit = try circuit()
    let found = try DynamicalDecoupling(sequence).decoupled(circuit, duration: Self.duration).circuit
    let (old, new) = (try Schedule(circuit, duration: Self.duration), try Schedule(found, duration: Self.duration))
    #expect(abs(old.duration - new.duration) < 1e-15)
    // Nobody waits for anything that no delay tells of.
    #expect(new.padded.instructions.count == found.instructions.count)
    let delays = found.instructions.compactMap { instruction -> Double? in
      if case .delay(let seconds, _) = instruction { seconds.literal?.double } else { nil }
    }
    let pulses = Double(sequence.pulses.count { $0 == .x }) * 35e-9 + Double(sequence.pulses.count { $0 == .y }) * 45e-9
    #expect(abs(delays.reduce(0, +) + pulses - 1200e-9) < 1e-15)
    // The same from the front and from the back, where the sequence is; whole spacings between pulses.
    let spacing = (1200e-9 - pulses) / Double(sequence.pulses.count)
    let halves = sequence == .xx ? [] : [0.5]
    let whole = [Double](repeating: 1, count: sequence.pulses.count - halves.count)
    #expect(delays.count == whole.count + 2 * halves.count)
    for (delay, share) in zip(delays, halves + whole + halves) { #expect(abs(delay - share * spacing) < 1e-15) }
  }

  @Test("windows that are too short stay delays")
  func short() throws {
    let circuit = try circuit()
    let many = try DynamicalDecoupling(.xx, repetitions: 20).decoupled(circuit, duration: Self.duration)
    #expect(many.filledCount == 0 && many.skippedCount == 1)
    #expect(many.circuit == (try Schedule(circuit, duration: Self.duration).padded))
    let spaced = try DynamicalDecoupling(.xx, leastSpacing: 600e-9).decoupled(circuit, duration: Self.duration)
    #expect(spaced.filledCount == 0)
  }

  @Test("a device's durations are taken, and waits in control flow are filled")
  func device() throws {
    var circuit = try Circuit(qubitCount: 3, classicalBitCount: 1)
    for instruction in try self.circuit().instructions { try circuit.append(instruction) }
    try circuit.measure(2, into: 0)
    let inner = try self.circuit().instructions
    try circuit.append(.ifElse(.bit(0), then: inner, otherwise: []))
    let found = try DynamicalDecoupling(.xy4).decoupled(circuit, on: .named("manila"))
    #expect(found.filledCount >= 2)
    let error = #expect(throws: MitigationError.self) {
      var far = try Circuit(qubitCount: 3)
      try far.append(.cx, on: 0, 2)
      _ = try DynamicalDecoupling(.xy4).decoupled(far, on: .named("manila"))
    }
    #expect(error?.code == .invalidCircuit)
    #expect(throws: MitigationError.self) {
      try DynamicalDecoupling(.xx, repetitions: 0).decoupled(self.circuit(), duration: Self.duration)
    }
  }
}
