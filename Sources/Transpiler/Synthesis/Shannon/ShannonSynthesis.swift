internal import Circuits

/// A unitary matrix on any number of wires as gates on one and two.
///
/// By its highest wire a matrix is three pairs of matrices on the others, one where the wire is 0 and one where it is 1, with H on the wire
/// between them; of the first and the last pair one part goes into the pair in the middle. A pair is V·D·W and V·D†·W with rotations Rz as D. So
/// a matrix on n wires is four on n − 1 between three rotations that depend on n − 1 wires. A matrix that a wire decides on, or in which one
/// has no part, takes fewer. Of n ≥ 3 wires it takes at most 22/48·4ⁿ − 3/2·2ⁿ + 5/3 `cx`, as both outer rotations leave a Z under a control to
/// the pair in the middle, and matrices on two wires a diagonal to the next.
///
/// Sources: Shende, Bullock and Markov (2006), Synthesis of quantum logic circuits, arXiv:quant-ph/0406176, theorem 12 and appendix A.2; De Vos
/// and De Baerdemacker (2016), Block-ZXZ synthesis of an arbitrary quantum circuit, arXiv:1512.07240; Krol and Al-Ars (2024), Beyond quantum
/// Shannon decomposition, arXiv:2403.13692.
struct ShannonSynthesis {
  /// Gates, the first first.
  private(set) var nodes: [Node] = []
  /// The global phase.
  private(set) var phase = 0.0

  /// - Parameters:
  ///   - matrix: Unitary, at least to eight digits; the next unitary matrix is written.
  ///   - wires: What each bit of an index stands for.
  init(_ matrix: Matrix, on wires: [Int]) {
    add(matrix.orthonormalized(), wires)
    nodes = DiagonalExtraction.run(nodes)
  }

  private mutating func add(_ matrix: Matrix, _ wires: [Int]) {
    if wires.count <= 2 { return addLeaf(matrix.orthonormalized(), wires) }
    for bit in wires.indices where addFactor(matrix, wires, bit) { return }
    for bit in wires.indices.reversed() where addDecided(matrix, wires, bit) { return }
    addBlocks(matrix, wires)
  }

  private mutating func addLeaf(_ matrix: Matrix, _ wires: [Int]) {
    switch wires.count {
    case 0: phase += matrix[0, 0].phase
    case 1: add(Matrix2(matrix), wires[0])
    default:
      let pair = Matrix4(matrix)
      if let phase = pair.phaseOfIdentity { self.phase += phase } else { nodes.append(Node(pair, low: wires[0], high: wires[1])) }
    }
  }

  private mutating func add(_ local: Matrix2, _ wire: Int) {
    if let phase = local.phaseOfIdentity { self.phase += phase } else { nodes.append(Node(local, on: wire)) }
  }

  private func without(_ bit: Int, _ wires: [Int]) -> [Int] { wires.indices.filter { $0 != bit }.map { wires[$0] } }

  // MARK: Matrices with a structure

  /// Writes a matrix that is one on a wire and one on the others.
  private mutating func addFactor(_ matrix: Matrix, _ wires: [Int], _ bit: Int) -> Bool {
    let blocks = [0, 1, 2, 3].map { matrix.block(bit: bit, row: $0 >> 1, column: $0 & 1) }
    let sizes = blocks.map { $0.entries.reduce(0) { $0 + $1.lengthSquared } }
    let largest = sizes[0] > 0.5 * sizes[1] ? 0 : 1
    let scale = (Double(blocks[largest].dimension) / sizes[largest]).squareRoot()
    let shared = Matrix(dimension: blocks[largest].dimension, entries: blocks[largest].entries.map { scale * $0 })
    let factors = blocks.compactMap { $0.factor(of: shared) }
    guard factors.count == 4 else { return false }
    add(shared, without(bit, wires))
    let local = Matrix(dimension: 2, entries: factors).orthonormalized()
    add(Matrix2(local), wires[bit])
    return true
  }

  /// Writes a matrix by which a wire keeps its value, or always changes it: two matrices on the others.
  private mutating func addDecided(_ matrix: Matrix, _ wires: [Int], _ bit: Int) -> Bool {
    for flip in 0..<2 {
      let others = [0, 1].map { matrix.block(bit: bit, row: 1 - $0 ^ flip, column: $0) }
      guard others.allSatisfy(\.isNegligible) else { continue }
      let parts = [0, 1].map { matrix.block(bit: bit, row: $0 ^ flip, column: $0) }
      add(parts[0], parts[1], wires, bit)
      if flip == 1 { add(.x, wires[bit]) }
      return true
    }
    return false
  }

  // MARK: Any matrix

  /// (A₀ ⊕ A₁)·H·(1 ⊕ B)·H·(1 ⊕ C). Of (L₀ ⊕ L₁)·(cos θ, −sin θ; sin θ, cos θ)·(R₀ ⊕ R₁) these are A₀ = L₀·e^{iθ}·R₀, A₁ = −i·L₁·e^{iθ}·R₀,
  /// B = R₀†·e^{−2iθ}·R₀ and C = i·R₀†·R₁.
  private mutating func addBlocks(_ matrix: Matrix, _ wires: [Int]) {
    let form = CosineSineForm(matrix)
    let (bit, others) = (wires.count - 1, Array(wires.dropLast()))
    let turned = form.right.zero.scalingRows(form.angles.map { Complex(phase: $0) })
    let last = Multiplexer(form.left.zero * turned, (form.left.one * turned).scaled(by: Complex(0, -1)))
    let back = form.right.zero.adjoint()
    let first = Multiplexer(.identity(back.dimension), (back * form.right.one).scaled(by: .i))
    let middle = back * form.right.zero.scalingRows(form.angles.map { Complex(phase: -2 * $0) })

    add(first.first, others)
    let early = MultiplexedRotation(first.angles)
    addRotation(early, others, wires[bit])
    add(.hadamard, wires[bit])
    let late = MultiplexedRotation(last.angles)
    // What is left of the rotations on both sides becomes a Z under a control beyond H.
    let one = (last.first * middle * first.last).negatingColumns(parity: early.rest).negatingRows(parity: late.rest)
    add(last.first * first.last, one, wires, bit)
    add(.hadamard, wires[bit])
    addReversed(late, others, wires[bit])
    add(last.last, others)
  }

  /// Two matrices, one where a wire is 0, one where it is 1.
  private mutating func add(_ zero: Matrix, _ one: Matrix, _ wires: [Int], _ bit: Int) {
    let (form, others) = (Multiplexer(zero, one), without(bit, wires))
    add(form.first, others)
    let rotation = MultiplexedRotation(form.angles)
    addRotation(rotation, others, wires[bit])
    addFlips(rotation.rest, others, wires[bit])
    add(form.last, others)
  }

  /// Two matrices as V·D·W and V·D†·W.
  private struct Multiplexer {
    /// W.
    let first: Matrix
    /// D, as rotations Rz.
    let angles: [Double]
    /// V.
    let last: Matrix

    init(_ zero: Matrix, _ one: Matrix) {
      let form = UnitaryEigenform(zero * one.adjoint())
      (angles, last) = (form.phases.map { -$0 }, form.vectors)
      first = (form.vectors.adjoint() * one).scalingRows(form.phases.map { Complex(phase: $0 / 2) })
    }
  }

  // MARK: Rotations

  /// All but the flips that are left.
  private mutating func addRotation(_ rotation: MultiplexedRotation, _ controls: [Int], _ target: Int) {
    for step in rotation.steps {
      addFlips(step.flips, controls, target)
      add(.rz(step.angle), target)
    }
  }

  /// The other way round, what is left coming first: it is the same.
  private mutating func addReversed(_ rotation: MultiplexedRotation, _ controls: [Int], _ target: Int) {
    for step in rotation.steps.reversed() {
      add(.rz(step.angle), target)
      addFlips(step.flips, controls, target)
    }
  }

  private mutating func addFlips(_ mask: Int, _ controls: [Int], _ target: Int) {
    for (bit, control) in controls.enumerated() where mask >> bit & 1 == 1 {
      nodes.append(Node(Self.flip, low: control, high: target))
    }
  }

  private static let flip = Matrix4(Gate.cx.matrix([]))
}
