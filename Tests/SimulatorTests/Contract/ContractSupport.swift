import Circuits
import Simulator
import TestSupport
import Testing

extension DenseReference {
  /// What `operation` means, by definition.
  mutating func apply(_ operation: StateOperation) {
    let (mask, values) = (operation.controls.mask, operation.controls.values)
    switch operation {
    case .matrix(let entries, let targets, _): apply(entries, targets: targets, mask: mask, values: values)
    case .diagonal(let factors, let targets, _):
      for index in amplitudes.indices where UInt64(index) & mask == values {
        amplitudes[index] *= factors[DenseReference.bits(of: index, at: targets)]
      }
    case .permutation(let table, let targets, _):
      let before = amplitudes
      for index in amplitudes.indices where UInt64(index) & mask == values {
        let moved = table[DenseReference.bits(of: index, at: targets)]
        amplitudes[DenseReference.setting(bits: moved, at: targets, of: index)] = before[index]
      }
    case .pauliRotation(let x, let z, let angle, _): rotate(x: x, z: z, angle: angle, mask: mask, values: values)
    }
  }
}

extension TestRegister {
  /// All amplitudes of a register of n qubits.
  func state(_ qubitCount: Int) throws -> [Complex] { try amplitudes(from: 0, count: 1 << qubitCount) }
}

/// The largest distance between two amplitudes, relative to the largest amplitude's length or to one.
func distance(_ a: [Complex], _ b: [Complex]) -> Double {
  guard a.count == b.count else { return .infinity }
  let scale = max(1, b.map(\.length).max() ?? 0)
  return zip(a, b).reduce(0) { max($0, ($1.0 - $1.1).length) } / scale
}

/// Applies one operation to a random state in a register and in the reference, and expects the same amplitudes.
func expectSame(
  _ operation: StateOperation, on qubitCount: Int, _ factory: RegisterFactory, seed: UInt64,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  var generator = SplitMix(seed: seed)
  let start = generator.state(qubitCount: qubitCount)
  let register = try factory.make(qubitCount)
  try register.load(start)
  try register.apply(operation)
  var reference = DenseReference(start)
  reference.apply(operation)
  let found = distance(try register.state(qubitCount), reference.amplitudes)
  #expect(
    found < factory.tolerance, "\(factory.testDescription), n = \(qubitCount), seed \(seed), \(operation)",
    sourceLocation: sourceLocation)
}

extension SplitMix {
  /// Controls on some of the qubits that are not targets, positive and negative.
  mutating func controls(_ count: Int, avoiding targets: [Int], of qubitCount: Int) -> Controls {
    let free = (0..<qubitCount).filter { !targets.contains($0) }.shuffled(using: &self).prefix(count)
    return free.reduce(Controls.none) { $0.adding($1, value: Int.random(in: 0...1, using: &self)) }
  }

  /// An operation of any kind on some of the qubits.
  mutating func operation(qubitCount: Int) -> StateOperation {
    let kind = Int.random(in: 0..<4, using: &self)
    if kind == 3 {
      let (x, z) = (next() & ((1 << UInt64(qubitCount)) - 1), next() & ((1 << UInt64(qubitCount)) - 1))
      let free = ~(x | z) & ((1 << UInt64(qubitCount)) - 1) & next()
      return .pauliRotation(
        x: x, z: z, angle: Double.random(in: -7...7, using: &self), controls: Controls(mask: free, values: free & next()))
    }
    let most = min(qubitCount, kind == 0 ? Simulator.Limits.denseQubitCount : Simulator.Limits.tableQubitCount)
    let targets = qubits(Int.random(in: 1...most, using: &self), of: qubitCount)
    let controls = controls(Int.random(in: 0...2, using: &self), avoiding: targets, of: qubitCount)
    let size = 1 << targets.count
    switch kind {
    case 0: return .matrix(complexes(size * size).map { $0 / Double(size).squareRoot() }, targets: targets, controls: controls)
    case 1: return .diagonal(complexes(size), targets: targets, controls: controls)
    default: return .permutation((0..<size).shuffled(using: &self), targets: targets, controls: controls)
    }
  }
}
