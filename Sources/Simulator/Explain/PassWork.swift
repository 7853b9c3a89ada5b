internal import Circuits

/// What a pass computes, counted before it runs.
///
/// Counts are in amplitudes: a rotation of all 2ⁿ amplitudes is 2ⁿ of them. What the parts cost is another's affair.
package struct PassWork: Hashable, Sendable {
  /// Amplitudes loaded from a tile and stored to it, once for each block; an exchange of qubits costs two.
  package private(set) var loads = 0
  package private(set) var rotations = 0
  /// Amplitudes taken through 4×4 matrices.
  package private(set) var matrices = 0
  /// Amplitudes multiplied by factors.
  package private(set) var tables = 0
  /// Floating-point operations of everything that is none of these.
  package private(set) var otherOperations = 0
  /// All floating-point operations: one for a multiplication, two for a fused multiply-add.
  package private(set) var operations = 0

  /// What one amplitude of a 4×4 matrix's result takes.
  package static let operationsOfMatrix = operations(ofRow: 4)

  /// A row of a matrix times a vector: a complex multiplication (two multiplications, two fused multiply-adds), then complex multiply-adds (four
  /// fused ones each).
  private static func operations(ofRow length: Int) -> Int { 6 + 8 * (length - 1) }

  /// Counts a pass over a state.
  package init(_ pass: Pass, qubitCount: Int, precision: Precision) {
    switch pass {
    case .operation(let operation): addAlone(operation, activeCount: qubitCount)
    case .tile(let tile):
      let laneCount = precision == .single ? 4 : 3
      for step in tile.program.steps {
        let unvisited = (tile.localQubits & (~0 << UInt64(step.reach))).nonzeroBitCount
        add(step, of: tile.program, activeCount: tile.activeCount - unvisited, laneCount: laneCount)
      }
    }
  }

  private mutating func add(_ step: TileSteps.Step, of program: TileSteps, activeCount: Int, laneCount: Int) {
    switch step.kind {
    case .block:
      loads += 1 << activeCount
      for gate in program.operations[step.range] {
        if gate.kind == .cartan {
          addCartan(amplitudeCount: 1 << activeCount)
        } else {
          for operation in gate.operations(program.numbers) { add(operation, inBlockOf: step.registers, activeCount, laneCount) }
        }
      }
    case .exchange: loads += 2 << activeCount
    case .operation:
      loads += 1 << activeCount
      addAlone(program.others[step.range.lowerBound], activeCount: activeCount)
    }
  }

  /// Two rotations, and rows of two entries.
  private mutating func addCartan(amplitudeCount: Int) {
    rotations += 2 * amplitudeCount
    operations += 8 * amplitudeCount
    addOther(Self.operations(ofRow: 2) * amplitudeCount)
  }

  /// An operation that a block applies to whole blocks of memory: controls inside those save nothing, and a table is not applied to fewer
  /// amplitudes for a control on a register.
  private mutating func add(_ operation: StateOperation, inBlockOf registers: UInt64, _ activeCount: Int, _ laneCount: Int) {
    var saving = operation.controls.mask & (~0 << UInt64(laneCount))
    if case .diagonal = operation { saving &= ~registers }
    let count = Self.amplitudeCount(operation.controls, saving, activeCount)
    switch operation {
    case .matrix(let entries, let targets, _) where targets.count <= 2:
      switch MatrixForm(entries[...]) {
      case .realRotation, .imaginaryRotation, .imaginaryShear:
        // One multiply-add for each real and imaginary part.
        rotations += count
        operations += 4 * count
      case .shear: addOther(8 * count)
      case .dense: add(operation, amplitudeCount: count)
      }
    case .diagonal(let factors, _, _):
      tables += count
      operations += (factors.allSatisfy { $0.imaginary == 0 } ? 2 : 6) * count
    default: add(operation, amplitudeCount: count)
    }
  }

  /// An operation by its own kernel, which takes what its controls let it.
  private mutating func addAlone(_ operation: StateOperation, activeCount: Int) {
    let simplified = operation.simplified()
    let controls = simplified.controls
    add(simplified, amplitudeCount: Self.amplitudeCount(controls, controls.mask, activeCount))
  }

  private mutating func add(_ operation: StateOperation, amplitudeCount: Int) {
    switch operation {
    case .matrix(_, let targets, _) where targets.count == 2:
      matrices += amplitudeCount
      operations += Self.operationsOfMatrix * amplitudeCount
    case .matrix(_, let targets, _): addOther(Self.operations(ofRow: 1 << targets.count) * amplitudeCount)
    case .diagonal:
      tables += amplitudeCount
      operations += 6 * amplitudeCount
    case .permutation: break
    case .pauliRotation: addOther(6 * amplitudeCount)
    }
  }

  private mutating func addOther(_ count: Int) {
    otherOperations += count
    operations += count
  }

  /// How many of the first 2^activeCount amplitudes meet the controls under a mask; qubits beyond are |0⟩.
  private static func amplitudeCount(_ controls: Controls, _ mask: UInt64, _ activeCount: Int) -> Int {
    let active = (UInt64(1) << UInt64(activeCount)) - 1
    if controls.values & mask & ~active != 0 { return 0 }
    return 1 << (activeCount - (mask & active).nonzeroBitCount)
  }
}

extension PassWork {
  /// The work of several passes.
  package static func + (a: PassWork, b: PassWork) -> PassWork {
    var sum = a
    sum.loads += b.loads
    sum.rotations += b.rotations
    sum.matrices += b.matrices
    sum.tables += b.tables
    sum.otherOperations += b.otherOperations
    sum.operations += b.operations
    return sum
  }
}
