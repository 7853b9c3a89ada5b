import Circuits
import TestSupport
import Testing

@testable import Simulator

/// A random unitary or channel on random qubits, as the register takes it and as Kraus operators.
private struct RandomMaps {
  private var generator: SplitMix
  private let qubitCount: Int
  private let seed: UInt64

  init(qubitCount: Int, seed: UInt64) { (self.qubitCount, self.seed, generator) = (qubitCount, seed, SplitMix(seed: seed)) }

  mutating func next(_ index: Int) throws -> (channel: Channel, qubits: [Int]) {
    let most = min(qubitCount, 3)
    let random = RandomChannel(qubitCount: 1 + index % most, seed: 1000 * seed + UInt64(index))
    let named: [Channel] = [
      try .amplitudeDamping(0.2), try .depolarizing(0.1), try .unitary(Gate.h.matrix([])), try .unitary(Gate.t.matrix([])),
      try .unitary(Gate.cx.matrix([])), try .depolarizing(0.2, qubitCount: 2), try .unitary(Gate.rzz.matrix([0.7])),
      try .reset(toZero: 0.3), try random.channel(operatorCount: 2), try random.channel(operatorCount: 1),
    ]
    let fitting = named.filter { $0.qubitCount <= qubitCount }
    let channel = fitting[Int(generator.next() % UInt64(fitting.count))]
    return (channel, Array((0..<qubitCount).shuffled(using: &generator).prefix(channel.qubitCount)))
  }
}

/// Dense density matrices, by definition.
private enum DenseState {
  static func zero(_ qubitCount: Int) -> [[Complex]] {
    var result = Array(repeating: Array(repeating: Complex.zero, count: 1 << qubitCount), count: 1 << qubitCount)
    result[0][0] = .one
    return result
  }

  /// Σ KρK†, column by column.
  static func applying(_ channel: Channel, _ qubits: [Int], to state: [[Complex]]) -> [[Complex]] {
    let empty = Array(repeating: Array(repeating: Complex.zero, count: state.count), count: state.count)
    return channel.krausOperators.reduce(empty) { sum, matrix in
      func left(_ rows: [[Complex]]) -> [[Complex]] {
        // Each column is a vector; rows are taken as columns of the transpose.
        rows.map {
          ReferenceInterpreter.applying(.matrix(matrix, structure: .dense, targets: qubits, controls: []), to: $0)
        }
      }
      func adjoint(_ rows: [[Complex]]) -> [[Complex]] { rows.indices.map { row in rows.indices.map { rows[$0][row].conjugate } } }
      // K(Kρ)†: as a list of columns, ρ becomes Kρ, its adjoint's columns again.
      let columns = rows(of: state)
      let once = adjoint(left(columns))
      let twice = left(once)
      return zip(sum, rows(of: twice)).map { zip($0, $1).map { $0 + $1 } }
    }
  }

  /// From rows to columns and back.
  private static func rows(of columns: [[Complex]]) -> [[Complex]] { columns.indices.map { row in columns.map { $0[row] } } }

  static func expectation(_ pauli: PauliString, _ state: [[Complex]]) -> Double {
    let columns = rows(of: state)
    return columns.indices.reduce(0) { $0 + ReferenceInterpreter.applying(pauli, to: columns[$1])[$1].real }
  }
}

@Suite("density matrices against sums over Kraus operators")
struct DensityRegisterTests {
  private static func strings(_ qubitCount: Int) -> [PauliString] {
    let count = UInt64(1) << UInt64(qubitCount)
    return (0..<count).flatMap { x in (0..<count).map { PauliString(qubitCount: qubitCount, x: x, z: $0) } }
  }

  static let cases = (1...5).flatMap { n in (0..<6).map { (n, UInt64(10 * n + $0)) } }

  @Test(
    "all Pauli strings, probabilities and the trace: 1e-12 in double, 1e-5 in single, on every instruction set", arguments: cases)
  func definition(_ qubitCount: Int, _ seed: UInt64) throws {
    var maps = RandomMaps(qubitCount: qubitCount, seed: seed)
    let steps = try (0..<12).map { try maps.next($0) }
    let expected = steps.reduce(DenseState.zero(qubitCount)) { DenseState.applying($1.channel, $1.qubits, to: $0) }
    let strings = Self.strings(qubitCount)
    let values = strings.map { DenseState.expectation($0, expected) }
    for kernels in CPUKernels.available {
      for (precision, tolerance) in [(Precision.double, 1e-12), (.single, 1e-5)] {
        var register = try DensityRegister(qubitCount: qubitCount, precision: precision, kernels: kernels)
        for step in steps { try register.apply(step.channel, on: step.qubits) }
        let found = try register.expectations(strings.map { PauliMask(x: $0.x, z: $0.z) })
        let error = zip(found, values).map { abs($0 - $1) }.max() ?? 1
        #expect(error < tolerance, "seed \(seed), \(kernels.name), \(precision): \(error)")
        let order = Array((0..<qubitCount).reversed())
        let probabilities = try register.probabilities(of: order)
        for state in 0..<1 << qubitCount {
          let mirrored = order.enumerated().reduce(0) { $0 | (state >> $1.element & 1) << $1.offset }
          #expect(abs(probabilities[mirrored] - expected[state][state].real) < tolerance)
        }
        #expect(try abs(register.trace() - 1) < tolerance)
      }
    }
  }

  @Test("every instruction set and number of threads computes the same bits", arguments: [UInt64(1), 2, 3])
  func bits(_ seed: UInt64) throws {
    // So large that threads share it.
    let qubitCount = 9
    var maps = RandomMaps(qubitCount: qubitCount, seed: seed)
    let steps = try (0..<10).map { try maps.next($0) }
    var generator = SplitMix(seed: seed)
    let masks = (0..<200).map { _ in PauliMask(x: generator.next() % 512, z: generator.next() % 512) }
    for precision in Precision.allCases {
      var found = [[Double]]()
      for kernels in CPUKernels.available {
        for threadCount in [1, 3] {
          var register = try DensityRegister(
            qubitCount: qubitCount, precision: precision, kernels: kernels, threadCount: threadCount)
          for step in steps { try register.apply(step.channel, on: step.qubits) }
          found.append(try register.expectations(masks))
        }
      }
      #expect(found.allSatisfy { $0 == found[0] })
    }
  }

  @Test(
    "gates with controls, and rotations about strings of any length, as on amplitudes: 1e-12", arguments: 0..<12 as Range<UInt64>)
  func gates(_ seed: UInt64) throws {
    let qubitCount = 5
    var generator = SplitMix(seed: seed)
    var register = try DensityRegister(qubitCount: qubitCount, precision: .double)
    var host = try HostRegister(qubitCount: qubitCount, precision: .double)
    for qubit in 0..<qubitCount {
      let operation = StateOperation.pauliRotation(
        x: 1 << UInt64(qubit), z: UInt64(qubit & 1) << UInt64(qubit), angle: 0.4 + Double(qubit), controls: .none)
      try register.apply(operation)
      try host.apply(operation)
    }
    for index in 0..<12 {
      let qubits = Array((0..<qubitCount).shuffled(using: &generator))
      let controls = Controls(mask: 1 << UInt64(qubits[2]), values: UInt64(index & 1) << UInt64(qubits[2]))
      let operation: StateOperation =
        switch index % 4 {
        case 0: .pauliRotation(x: generator.next() % 32, z: generator.next() % 32, angle: 1.1, controls: .none)
        case 1: .permutation([2, 0, 3, 1], targets: Array(qubits.prefix(2)), controls: controls)
        case 2: .diagonal([Complex(phase: 0.3), Complex(phase: -1)], targets: [qubits[0]], controls: controls)
        default: .matrix(Gate.u.matrix([0.3, 1.2, -0.7]).entries, targets: [qubits[0]], controls: controls)
        }
      try register.apply(operation)
      try host.apply(operation)
    }
    let masks = (0..<32).flatMap { x in (0..<32).map { PauliMask(x: UInt64(x), z: UInt64($0)) } }
    let (found, expected) = (try register.expectations(masks), try host.expectations(masks))
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-12 }, "seed \(seed)")
  }

  @Test("a collapse keeps what has the outcome")
  func collapse() throws {
    var register = try DensityRegister(qubitCount: 2, precision: .double)
    try register.apply(.pauliRotation(x: 1, z: 1, angle: 1.2, controls: .none))
    try register.apply(.permutation([1, 0], targets: [1], controls: Controls(mask: 1, values: 1)))
    let probabilities = try register.probabilities(of: [0])
    try register.collapse(0, weights: (0, 1 / probabilities[1]))
    let left = try register.probabilities(of: [0, 1])
    #expect(zip(left, [0, 0, 0, 1]).allSatisfy { abs($0 - $1) < 1e-14 })
    try register.reset(to: 2)
    #expect(try register.probabilities(of: [0, 1]) == [0, 0, 1, 0])
  }

  @Test("a copy goes its own way")
  func copy() throws {
    var first = try DensityRegister(qubitCount: 2), second = try DensityRegister(qubitCount: 2)
    try first.apply(try .bitFlip(0.25), on: [1])
    try second.copy(from: first)
    try second.apply(try .reset(toZero: 1), on: [1])
    #expect(try first.probabilities(of: [1]) == [0.75, 0.25] && second.probabilities(of: [1]) == [1, 0])
  }

  @Test("what no map takes is refused")
  func refusals() throws {
    for count in [0, 17, -1] { #expect(throws: SimulatorError.self) { _ = try DensityRegister(qubitCount: count) } }
    var register = try DensityRegister(qubitCount: 5)
    let wide = StateOperation.permutation([1, 0], targets: [0], controls: Controls(mask: 0b11110, values: 0b11110))
    var code: SimulatorError.Code?
    do throws(SimulatorError) { try register.apply(wide) } catch { code = error.code }
    #expect(code == .unsupported)
  }
}
