import Circuits
import Simulator
import TestSupport
import Testing

@Suite("registers of one precision give the same bits, whatever computes them")
struct DeterminismContractTests {
  /// Everything that a register can be asked, after a long random sequence of operations.
  private struct Transcript: Equatable {
    var amplitudes: [Complex]
    var marginal: [Double]
    var numbers: [Double]
    var samples: [UInt64]
  }

  private func transcript(_ factory: RegisterFactory, qubitCount: Int, seed: UInt64) throws -> Transcript {
    var generator = SplitMix(seed: seed)
    let register = try factory.make(qubitCount)
    try register.load(generator.state(qubitCount: qubitCount))
    for _ in 0..<30 { try register.apply(generator.operation(qubitCount: qubitCount)) }
    try register.collapse(mask: 1, values: 1, scale: 1.25)
    let all = (UInt64(1) << UInt64(qubitCount)) - 1
    let paulis = (0..<8).map { _ in PauliMask(x: generator.next() & all, z: generator.next() & all) }
    let numbers =
      try register.expectations(paulis) + [register.normSquared(), register.probability(mask: 6, values: 2)]
    let marginal = try register.probabilities(of: [1, 0, qubitCount - 1])
    let amplitudes = try register.state(qubitCount)
    // Unnormalised by now; sampling wants a norm of about one.
    try register.load(generator.state(qubitCount: qubitCount))
    return Transcript(
      amplitudes: amplitudes, marginal: marginal, numbers: numbers,
      samples: try register.sample((0..<200).map { _ in generator.next() }))
  }

  @Test("amplitudes, sums, expectation values and samples", arguments: Precision.allCases, [3, 9, 15])
  func sameBits(precision: Precision, qubitCount: Int) throws {
    let factories = RegisterFactory.all(precision)
    let first = try transcript(factories[0], qubitCount: qubitCount, seed: 20)
    #expect(first.amplitudes.contains { $0 != .zero })
    for factory in factories.dropFirst() {
      let other = try transcript(factory, qubitCount: qubitCount, seed: 20)
      #expect(other == first, "\(factory.testDescription) differs from \(factories[0].testDescription)")
    }
  }

  @Test("the sums are those of the reduction tree", arguments: RegisterFactory.all, [2, 7, 12])
  func reductionTree(factory: RegisterFactory, qubitCount: Int) throws {
    var generator = SplitMix(seed: 21)
    let register = try factory.make(qubitCount)
    try register.load(generator.state(qubitCount: qubitCount))
    let terms = try register.state(qubitCount).map { ($0.imaginary * $0.imaginary).addingProduct($0.real, $0.real) }
    #expect(try register.normSquared() == ReductionTree.sum(terms))
    for z: UInt64 in [1, 8, 0xb6d, 0xfff] {
      let z = z & (1 << UInt64(qubitCount) - 1)
      let signed = terms.enumerated().map { (UInt64($0) & z).nonzeroBitCount % 2 == 0 ? $1 : -$1 }
      // Alone, and among so many that all signs are summed at once.
      for count in [1, 20] {
        let paulis = [PauliMask](repeating: PauliMask(x: 0, z: z), count: count)
        #expect(try register.expectations(paulis) == [Double](repeating: ReductionTree.sum(signed), count: count))
      }
    }
  }

  @Test("a row of a matrix adds its terms from the diagonal on, by column row ⊕ j", arguments: RegisterFactory.all, 1...6)
  func orderOfTerms(factory: RegisterFactory, targetCount: Int) throws {
    var generator = SplitMix(seed: UInt64(targetCount))
    let qubitCount = 8
    for _ in 0..<6 {
      let targets = generator.qubits(targetCount, of: qubitCount)
      let matrix = generator.complexes(1 << (2 * targetCount))
      let register = try factory.make(qubitCount)
      try register.load(generator.state(qubitCount: qubitCount))
      let before = try register.state(qubitCount)
      try register.apply(.matrix(matrix, targets: targets, controls: .none))
      let expected =
        switch factory.precision {
        case .single: Self.product(matrix, before, targets: targets, as: Float.self)
        case .double: Self.product(matrix, before, targets: targets, as: Double.self)
        }
      #expect(try register.state(qubitCount) == expected, "targets \(targets)")
    }
  }

  /// The product as ck.h has it, every multiply-add fused, in one precision.
  private static func product<Real: BinaryFloatingPoint>(
    _ matrix: [Complex], _ state: [Complex], targets: [Int], as _: Real.Type
  ) -> [Complex] {
    let size = 1 << targets.count
    return state.indices.map { index in
      let row = DenseReference.bits(of: index, at: targets)
      var (real, imaginary) = (-Real.zero, -Real.zero)
      for column in (0..<size).map({ row ^ $0 }) {
        let entry = matrix[row * size + column]
        let amplitude = state[DenseReference.setting(bits: column, at: targets, of: index)]
        let (m, a) = ((Real(entry.real), Real(entry.imaginary)), (Real(amplitude.real), Real(amplitude.imaginary)))
        real = real.addingProduct(m.0, a.0).addingProduct(-m.1, a.1)
        imaginary = imaginary.addingProduct(m.0, a.1).addingProduct(m.1, a.0)
      }
      return Complex(Double(real), Double(imaginary))
    }
  }
}

extension ReductionTree {
  /// The tree as its documentation has it.
  fileprivate static func sum(_ terms: [Double]) -> Double {
    let padded = terms + [Double](repeating: 0, count: max(0, blockSize - terms.count))
    return halve(stride(from: 0, to: padded.count, by: blockSize).map { block(Array(padded[$0..<$0 + blockSize])) })
  }

  private static func block(_ terms: [Double]) -> Double {
    var rows = stride(from: 0, to: blockSize, by: laneCount).map { Array(terms[$0..<$0 + laneCount]) }
    while rows.count > 1 {
      rows = stride(from: 0, to: rows.count, by: 2).map { row in zip(rows[row], rows[row + 1]).map { $0 + $1 } }
    }
    return halve(rows[0])
  }

  private static func halve(_ values: [Double]) -> Double {
    var values = values
    while values.count > 1 {
      let half = values.count / 2
      values = (0..<half).map { values[$0] + values[$0 + half] }
    }
    return values[0]
  }
}
