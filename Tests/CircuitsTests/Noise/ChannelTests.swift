import Circuits
import Foundation
import TestSupport
import Testing

@Suite("channels")
struct ChannelTests {
  /// ρ as (1, x, y, z) of a qubit after a channel.
  private static func bloch(_ channel: Channel, _ x: Double, _ y: Double, _ z: Double) -> [Double] {
    let state = Matrix([[Complex((1 + z) / 2), Complex(x / 2, -y / 2)], [Complex(x / 2, y / 2), Complex((1 - z) / 2)]])
    let image = channel.applied(to: state)
    return [
      2 * image[1, 0].real, 2 * image[1, 0].imaginary, image[0, 0].real - image[1, 1].real, image[0, 0].real + image[1, 1].real,
    ]
  }

  private static let vector = (0.3, -0.5, 0.6)

  static let oneQubit: [(Channel, [Double])] = {
    let (x, y, z) = vector
    do {
      return [
        (try .depolarizing(0.2), [0.8 * x, 0.8 * y, 0.8 * z, 1]),
        (try .depolarizing(4.0 / 3), [-x / 3, -y / 3, -z / 3, 1]),
        (try .bitFlip(0.1), [x, 0.8 * y, 0.8 * z, 1]),
        (try .phaseFlip(0.1), [0.8 * x, 0.8 * y, z, 1]),
        (try .bitPhaseFlip(0.1), [0.8 * x, y, 0.8 * z, 1]),
        (try .pauli([(PauliString("I"), 0.7), (PauliString("X"), 0.3)]), [x, 0.4 * y, 0.4 * z, 1]),
        (try .amplitudeDamping(0.36), [0.8 * x, 0.8 * y, 0.64 * z + 0.36, 1]),
        (try .generalizedAmplitudeDamping(0.36, excitedPopulation: 0.25), [0.8 * x, 0.8 * y, 0.64 * z + 0.18, 1]),
        (try .phaseDamping(0.36), [0.8 * x, 0.8 * y, z, 1]),
        (
          try .thermalRelaxation(t1: 50e-6, t2: 70e-6, time: 10e-6),
          [x * exp(-1.0 / 7), y * exp(-1.0 / 7), z * exp(-0.2) + 1 - exp(-0.2), 1]
        ),
        (
          try .thermalRelaxation(t1: 50e-6, t2: 100e-6, time: 10e-6, excitedPopulation: 1),
          [x * exp(-0.1), y * exp(-0.1), z * exp(-0.2) - 1 + exp(-0.2), 1]
        ),
        (try .thermalRelaxation(t1: .infinity, t2: 10e-6, time: 10e-6), [x * exp(-1), y * exp(-1), z, 1]),
        (try .reset(toZero: 0.3, toOne: 0.2), [0.5 * x, 0.5 * y, 0.5 * z + 0.1, 1]),
        (try .reset(toZero: 1), [0, 0, 1, 1]),
        (try .overRotation(.pi / 2, about: PauliString("Z")), [-y, x, z, 1]),
      ]
    } catch { preconditionFailure("\(error)") }
  }()

  @Test("each channel of one qubit does to a state what its formula says, to 1e-14", arguments: oneQubit.indices)
  func formulas(_ index: Int) {
    let (channel, expected) = Self.oneQubit[index]
    let found = Self.bloch(channel, Self.vector.0, Self.vector.1, Self.vector.2)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-14 }, "\(channel.name): \(found), not \(expected)")
  }

  @Test("those that leave the maximally mixed state alone are mixtures, the others are not")
  func forms() {
    let kraus = Set(Self.oneQubit.filter { if case .kraus = $0.0.form { true } else { false } }.map(\.0.name))
    #expect(kraus == ["amplitude-damping", "generalized-amplitude-damping", "thermal-relaxation", "reset"])
    let infinite = Self.oneQubit[11].0
    #expect({ if case .mixture = infinite.form { true } else { false } }(), "dephasing alone is a mixture of I and Z")
  }

  @Test("depolarizing two qubits shrinks every string but the identity")
  func depolarizing() throws {
    let transfer = PauliTransferMatrix(try .depolarizing(0.3, qubitCount: 2))
    for row in 0..<16 {
      for column in 0..<16 {
        #expect(abs(transfer[row, column] - (row != column ? 0 : row == 0 ? 1 : 0.7)) < 1e-14)
      }
    }
  }

  @Test("the matrices of Pauli channels have true zeros beside their diagonal", arguments: 1...3)
  func trueZeros(_ qubitCount: Int) throws {
    let letters = ["X", "Z", "Y"]
    let outcomes = try (0..<4).map { index in
      let string = (0..<qubitCount).map { index == 0 ? "I" : letters[(index + $0) % 3] }.joined()
      return (try PauliString(string), [0.65, 0.1, 0.2, 0.05][index])
    }
    for channel in [try Channel.pauli(outcomes), try .depolarizing(0.3, qubitCount: qubitCount)] {
      let transfer = PauliTransferMatrix(channel)
      for row in 0..<transfer.dimension {
        for column in 0..<transfer.dimension where row != column { #expect(transfer[row, column] == 0, "\(channel.name)") }
      }
    }
  }

  @Test("random channels are the same map as Kraus operators, transfer matrix and superoperator: 1e-12", arguments: 1...3, 0..<6)
  func representations(_ qubitCount: Int, _ seed: UInt64) throws {
    let channel = try RandomChannel(qubitCount: qubitCount, seed: seed).channel(operatorCount: 1 + Int(seed) % 4)
    let transfer = PauliTransferMatrix(channel)
    #expect(PauliTransferMatrix(try Channel(transfer)).distance(to: transfer) < 1e-12, "seed \(seed)")
    let size = 1 << (2 * qubitCount)
    var superoperator = Matrix(dimension: size, entries: Array(repeating: .zero, count: size * size))
    for matrix in channel.krausOperators {
      let conjugate = Matrix(dimension: matrix.dimension, entries: matrix.entries.map(\.conjugate))
      for (index, entry) in conjugate.tensor(matrix).entries.enumerated() {
        superoperator[index / size, index % size] = superoperator[index / size, index % size] + entry
      }
    }
    #expect(PauliTransferMatrix(try Channel(superoperator: superoperator)).distance(to: transfer) < 1e-12, "seed \(seed)")
  }

  @Test("random unital channels of one qubit become mixtures, and stay the same map: 1e-12", arguments: 0..<40)
  func unital(_ seed: UInt64) throws {
    var generator = SplitMix(seed: seed)
    var random = RandomChannel(qubitCount: 1, seed: seed)
    // A Pauli channel between two unitaries, written as one whose Kraus operators are no multiples of unitaries; every fourth has none of
    // some strings, so that scales are equal or zero.
    let drawn = (0..<4).map { _ in
      Double.random(in: 0...1, using: &generator) < 0.25 ? 0 : Double.random(in: 0.1...1, using: &generator)
    }
    let weights = drawn.allSatisfy { $0 == 0 } ? [0, 1, 0, 0] : drawn
    let total = weights.reduce(0, +)
    let (first, last, mixing) = (random.unitary(dimension: 2), random.unitary(dimension: 2), random.unitary(dimension: 4))
    let operators = ["I", "X", "Y", "Z"].indices.map { index in
      let pauli = PauliString(qubitCount: 1, x: [0, 1, 1, 0][index], z: [0, 0, 1, 1][index]).matrix()
      let factor = Complex((weights[index] / total).squareRoot())
      let product = last * pauli * first
      return Matrix(dimension: 2, entries: product.entries.map { $0 * factor })
    }
    let mixed = (0..<4).map { row in
      Matrix(
        dimension: 2,
        entries: (0..<4).map { entry in (0..<4).reduce(Complex.zero) { $0 + mixing[row, $1] * operators[$1].entries[entry] } })
    }
    let channel = try Channel(kraus: mixed)
    guard case .mixture(let outcomes) = channel.form else {
      Issue.record("seed \(seed): no mixture")
      return
    }
    #expect(outcomes.count <= 4)
    for matrix in [
      PauliString(qubitCount: 1, x: 1, z: 0), PauliString(qubitCount: 1, x: 1, z: 1), PauliString(qubitCount: 1, x: 0, z: 1),
    ] {
      let expected = mixed.map { $0 * matrix.matrix() * $0.adjoint() }.reduce([Complex](repeating: .zero, count: 4)) {
        zip($0, $1.entries).map { $0 + $1 }
      }
      #expect(channel.applied(to: matrix.matrix()).distance(to: Matrix(dimension: 2, entries: expected)) < 1e-12, "seed \(seed)")
    }
  }

  @Test("one channel after the other is the product of their transfer matrices: 1e-12", arguments: 0..<6)
  func composition(_ seed: UInt64) throws {
    let first = try RandomChannel(qubitCount: 2, seed: seed).channel(operatorCount: 3)
    for second in [
      try RandomChannel(qubitCount: 2, seed: seed + 100).channel(operatorCount: 2), try .depolarizing(0.1, qubitCount: 2),
    ] {
      let both = PauliTransferMatrix(try first.followed(by: second))
      #expect(both.distance(to: PauliTransferMatrix(second) * PauliTransferMatrix(first)) < 1e-12)
    }
  }
}

@Suite("what is no channel")
struct ChannelRefusalTests {
  private static func message(_ body: () throws(CircuitError) -> Channel) -> String? {
    let error = #expect(throws: CircuitError.self) { _ = try body() }
    #expect(error?.code == .invalidChannel)
    return error?.message
  }

  @Test("T2 above twice T1 is refused with both")
  func relaxation() {
    let message = Self.message { () throws(CircuitError) in try .thermalRelaxation(t1: 1e-5, t2: 3e-5, time: 1e-7) }
    #expect(message?.contains("3e-05") == true && message?.contains("1e-05") == true, "\(message ?? "")")
  }

  @Test("operators that are not complete are refused with how far they are off")
  func incomplete() {
    let half = Matrix([[Complex(0.5), .zero], [.zero, Complex(0.5)]])
    let message = Self.message { () throws(CircuitError) in try Channel(kraus: [half]) }
    #expect(message?.contains("off the identity by 0.75") == true, "\(message ?? "")")
  }

  @Test("numbers that are no probabilities, rates or sizes")
  func numbers() throws {
    let string = try PauliString("X")
    _ = Self.message { () throws(CircuitError) in try .depolarizing(1.5) }
    _ = Self.message { () throws(CircuitError) in try .depolarizing(.nan) }
    _ = Self.message { () throws(CircuitError) in try .depolarizing(0.1, qubitCount: 4) }
    _ = Self.message { () throws(CircuitError) in try .bitFlip(-0.1) }
    _ = Self.message { () throws(CircuitError) in try .amplitudeDamping(1.01) }
    _ = Self.message { () throws(CircuitError) in try .generalizedAmplitudeDamping(0.1, excitedPopulation: 2) }
    _ = Self.message { () throws(CircuitError) in try .phaseDamping(-1) }
    _ = Self.message { () throws(CircuitError) in try .reset(toZero: 0.6, toOne: 0.6) }
    _ = Self.message { () throws(CircuitError) in try .thermalRelaxation(t1: 0, t2: 1, time: 1) }
    _ = Self.message { () throws(CircuitError) in try .thermalRelaxation(t1: 1, t2: 1, time: -1) }
    _ = Self.message { () throws(CircuitError) in try .thermalRelaxation(t1: 1, t2: 1, time: .infinity) }
    _ = Self.message { () throws(CircuitError) in try .overRotation(.infinity, about: string) }
    _ = Self.message { () throws(CircuitError) in try .pauli([(string, 0.5)]) }
    _ = Self.message { () throws(CircuitError) in try .pauli([]) }
    _ = Self.message { () throws(CircuitError) in try .unitary(Matrix([[.one, .one], [.zero, .one]])) }
    _ = Self.message { () throws(CircuitError) in try Channel(kraus: [.identity(2), .identity(4)]) }
    _ = Self.message { () throws(CircuitError) in try Channel(kraus: [.identity(16)]) }
    _ = Self.message { () throws(CircuitError) in try Channel(kraus: Array(repeating: .identity(2), count: 257)) }
    _ = Self.message { () throws(CircuitError) in try Channel(kraus: [Matrix([[Complex(.nan), .zero], [.zero, .one]])]) }
    _ = Self.message { () throws(CircuitError) in try Channel(superoperator: .identity(8)) }
  }

  @Test("the transpose keeps the trace, but is not completely positive")
  func transpose() {
    var transfer = PauliTransferMatrix(qubitCount: 1)
    transfer[3, 3] = -1
    let message = Self.message { () throws(CircuitError) in try Channel(transfer) }
    #expect(message?.contains("not completely positive") == true)
  }
}

@Suite("channels in circuits")
struct ChannelInstructionTests {
  @Test("as many different qubits as the channel has are needed")
  func validation() throws {
    var circuit = try Circuit(qubitCount: 2)
    let channel = try Channel.depolarizing(0.1, qubitCount: 2)
    for (qubits, code) in [([0], CircuitError.Code.wrongArity), ([0, 0], .duplicateQubit), ([0, 2], .qubitOutOfRange)] {
      let error = #expect(throws: CircuitError.self) { try circuit.append(.channel(channel, qubits: qubits)) }
      #expect(error?.code == code && error?.message.contains("depolarizing") == true)
    }
    try circuit.append(channel, on: 1, 0)
    #expect(circuit.instructions == [.channel(channel, qubits: [1, 0])])
    #expect(throws: CircuitError.self) { try circuit.inverse() }
  }

  @Test("noise on a measured qubit makes a circuit dynamic, on others it does not")
  func dynamic() throws {
    var circuit = try Circuit(qubitCount: 2, classicalBitCount: 1)
    try circuit.append(try .bitFlip(0.1), on: 0)
    try circuit.measure(0, into: 0)
    try circuit.append(try .bitFlip(0.1), on: 1)
    #expect(!circuit.isDynamic)
    try circuit.append(try .bitFlip(0.1), on: 0)
    #expect(circuit.isDynamic)
  }
}
