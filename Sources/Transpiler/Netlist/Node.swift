internal import Circuits

/// One step of a netlist.
struct Node {
  /// What is done.
  enum Kind {
    /// A gate on one wire.
    case local(Matrix2)
    /// exp(−iθZ/2) with an angle that holds parameters.
    case turn(ClassicalExpression)
    /// A gate on two wires, the low one under bit 0.
    case pair(Matrix4)
    /// Anything else, as it stands, on wires that are called as its qubits.
    case other(Instruction)
  }

  let kind: Kind
  /// The wire, or the one under bit 0 of a pair.
  let low: Int
  /// The wire under bit 1 of a pair; −1 for all else.
  let high: Int
  /// What a pair takes; none for all else.
  let count: EntanglerCount
  private let lowAxes: PauliAxes
  private let highAxes: PauliAxes

  init(_ matrix: Matrix2, on wire: Int) {
    (kind, low, high, count) = (.local(matrix), wire, -1, .none)
    (lowAxes, highAxes) = (PauliAxes(matrix), [])
  }

  init(turn angle: ClassicalExpression, on wire: Int) {
    (kind, low, high, count) = (.turn(angle), wire, -1, .none)
    (lowAxes, highAxes) = (.z, [])
  }

  init(_ matrix: Matrix4, low: Int, high: Int) {
    (kind, self.low, self.high, count) = (.pair(matrix), low, high, EntanglerCount(matrix))
    (lowAxes, highAxes) = (PauliAxes(matrix, bit: 0), PauliAxes(matrix, bit: 1))
  }

  init(_ instruction: Instruction) {
    (kind, low, high, count) = (.other(instruction), instruction.wires.first ?? -1, -1, .none)
    (lowAxes, highAxes) = ([], [])
  }

  private init(_ other: Node, low: Int, high: Int) {
    (kind, count, lowAxes, highAxes) = (other.kind, other.count, other.lowAxes, other.highAxes)
    (self.low, self.high) = (low, high)
  }

  var isPair: Bool { high >= 0 }

  /// All wires.
  var wires: [Int] {
    if case .other(let instruction) = kind { return instruction.wires }
    return isPair ? [low, high] : [low]
  }

  /// With what it commutes on one of its wires.
  func axes(on wire: Int) -> PauliAxes { wire == low ? lowAxes : highAxes }

  /// The other wire of a pair.
  func partner(of wire: Int) -> Int { wire == low ? high : low }

  /// The matrix of a pair, with a wire under bit 0.
  func matrix(low wire: Int) -> Matrix4? {
    guard case .pair(let matrix) = kind else { return nil }
    return wire == low ? matrix : matrix.exchanged
  }

  /// The same on other wires.
  func moved(_ place: (Int) -> Int) -> Node {
    if case .other(let instruction) = kind { return Node(instruction.moved(place)) }
    return Node(self, low: place(low), high: isPair ? place(high) : high)
  }
}

extension Instruction {
  /// The qubits of an instruction that is no gate and has no bodies.
  var wires: [Int] {
    switch self {
    case .measure(let qubit, _), .reset(let qubit): [qubit]
    case .barrier(let qubits), .delay(_, let qubits), .channel(_, let qubits): qubits
    case .gate(let operation): operation.allQubits
    default: []
    }
  }

  /// The same on other qubits.
  func moved(_ place: (Int) -> Int) -> Instruction {
    switch self {
    case .measure(let qubit, let bit): .measure(qubit: place(qubit), bit: bit)
    case .reset(let qubit): .reset(qubit: place(qubit))
    case .barrier(let qubits): .barrier(qubits.map(place))
    case .delay(let seconds, let qubits): .delay(seconds: seconds, qubits: qubits.map(place))
    case .channel(let channel, let qubits): .channel(channel, qubits: qubits.map(place))
    default: self
    }
  }
}
