internal import Circuits

/// A unitary matrix on any number of wires as gates on one and two.
///
/// By its highest wire a matrix is two matrices on the others, then rotations Ry, then two matrices again; two matrices, one where a wire is
/// 0 and one where it is 1, are V·D·W and V·D†·W with rotations Rz as D. So a matrix on n wires is four on n − 1 between three rotations that
/// depend on n − 1 wires. A matrix that a wire decides on, or in which one has no part, takes fewer. Of n ≥ 3 wires it takes at most
/// 23/48·4ⁿ − 3/2·2ⁿ + 4/3 `cx`, as the rotations Ry leave a Z under a control to the matrix after them, and matrices on two wires a
/// diagonal to the next.
///
/// Source: Shende, Bullock and Markov (2006), Synthesis of quantum logic circuits, arXiv:quant-ph/0406176, theorem 13 and appendix A.
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

  private mutating func addBlocks(_ matrix: Matrix, _ wires: [Int]) {
    let form = CosineSineForm(matrix)
    let bit = wires.count - 1
    add(form.right.zero, form.right.one, wires, bit)
    let rotation = MultiplexedRotation(form.angles.map { 2 * $0 })
    // What is left of the rotations stands before the matrix where the wire is 1.
    let rest = addRotation(rotation, without(bit, wires), wires[bit], turn: Matrix2.ry, flip: Self.flippedSign)
    add(form.left.zero, form.left.one.negatingColumns(parity: rest), wires, bit)
  }

  /// Two matrices, one where a wire is 0, one where it is 1.
  private mutating func add(_ zero: Matrix, _ one: Matrix, _ wires: [Int], _ bit: Int) {
    let form = UnitaryEigenform(zero * one.adjoint())
    let (others, halves) = (without(bit, wires), form.phases.map { $0 / 2 })
    let first = (form.vectors.adjoint() * one).scalingRows(halves.map { Complex(phase: $0) })
    add(first, others)
    let rotation = MultiplexedRotation(halves.map { -2 * $0 })
    let rest = addRotation(rotation, others, wires[bit], turn: Matrix2.rz, flip: Self.flip)
    addFlips(rest, others, wires[bit], Self.flip)
    add(form.vectors, others)
  }

  private mutating func addRotation(
    _ rotation: MultiplexedRotation, _ controls: [Int], _ target: Int, turn: (Double) -> Matrix2, flip: Matrix4
  ) -> Int {
    for step in rotation.steps {
      addFlips(step.flips, controls, target, flip)
      add(turn(step.angle), target)
    }
    return rotation.rest
  }

  private mutating func addFlips(_ mask: Int, _ controls: [Int], _ target: Int, _ flip: Matrix4) {
    for (bit, control) in controls.enumerated() where mask >> bit & 1 == 1 {
      nodes.append(Node(flip, low: control, high: target))
    }
  }

  private static let flip = Matrix4(Gate.cx.matrix([]))
  private static let flippedSign = Matrix4(Matrix.diagonal([.one, .one, .one, -.one]))
}
