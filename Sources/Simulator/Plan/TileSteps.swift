package import Circuits

/// The steps of a tile pass, with the operations and numbers of all of them in few lists: a plan has thousands.
package struct TileSteps: Hashable, Sendable {
  /// A part of a tile pass: one sweep over a tile.
  package struct Step: Hashable, Sendable {
    package enum Kind: UInt8, Sendable {
      /// ``operations`` on three qubits, the registers; what mixes amplitudes mixes these only.
      case block
      /// The lowest qubits change places with ``partners``, one by one.
      case exchange
      /// One of ``others``.
      case operation
    }

    package let kind: Kind
    /// One bit each.
    package let registers: UInt64
    /// Which operations, partners or others.
    package let range: Range<Int>
    /// Positions that are not visited are those from this one on, because their qubits are still |0⟩ and stay so.
    package let reach: Int
  }

  package private(set) var steps: [Step] = []
  package private(set) var operations: [BlockOperation] = []
  package private(set) var numbers: [Complex] = []
  package private(set) var partners: [Int] = []
  package private(set) var others: [StateOperation] = []

  package init() {}

  // MARK: Making

  /// Adds a block of the operations added since another step was.
  ///
  /// - Parameter start: How many operations there were when it began. As many blocks are made as the kernels need.
  mutating func closeBlock(from start: Int, registers: UInt64, reach: Int = Limits.qubitCount) {
    for first in stride(from: start, to: operations.count, by: Limits.blockOperationCount) {
      let range = first..<min(first + Limits.blockOperationCount, operations.count)
      steps.append(Step(kind: .block, registers: registers, range: range, reach: reach))
    }
  }

  /// Makes room for about so many numbers.
  mutating func reserveCapacity(operationCount: Int, numberCount: Int) {
    operations.reserveCapacity(operationCount)
    numbers.reserveCapacity(numberCount)
  }

  /// Adds the operations from `start` on to the last step; false if it is no block that ends there, or has no room for them.
  mutating func extendBlock(from start: Int) -> Bool {
    guard let last = steps.last, last.kind == .block, last.range.upperBound == start,
      operations.count - last.range.lowerBound <= Limits.blockOperationCount
    else { return false }
    let range = last.range.lowerBound..<operations.count
    steps[steps.count - 1] = Step(kind: .block, registers: last.registers, range: range, reach: last.reach)
    return true
  }

  mutating func exchange(_ partners: [Int], reach: Int = Limits.qubitCount) {
    let first = self.partners.count
    self.partners += partners
    steps.append(Step(kind: .exchange, registers: 0, range: first..<self.partners.count, reach: reach))
  }

  mutating func append(other operation: StateOperation) {
    others.append(operation)
    steps.append(Step(kind: .operation, registers: 0, range: (others.count - 1)..<others.count, reach: Limits.qubitCount))
  }

  /// Adds an operation to the block that is being filled; its qubits are called by other names: `places[q]` here for its q.
  mutating func append(_ gate: BlockOperation, of circuit: borrowing PlannedCircuit, at places: [Int]) {
    let first = numbers.count
    let targets = movedBits(gate.targets, to: places)
    switch gate.kind {
    case .exchange: break
    case .diagonal where gate.targets.nonzeroBitCount > 1:
      var table = DiagonalTable()
      table.begin(on: targets, scale: .one)
      table.append(
        BlockOperation(kind: .diagonal, targets: gate.targets, controls: .none, firstNumber: gate.firstNumber), at: places)
      table.multiply(circuit.numbers)
      numbers += table.factors
    case .matrix where gate.targets.nonzeroBitCount == 2 && isReversed(gate.targets, places):
      for index in 0..<16 { numbers.append(circuit.numbers[gate.firstNumber + BlockOperation.exchangedEntry(index)]) }
    case .cartan where isReversed(gate.targets, places):
      // The rotations change places, and rows 1 and 2.
      for index in [1, 0, 2, 4, 3, 5, 6, 8, 7, 9] { numbers.append(circuit.numbers[gate.firstNumber + index]) }
    case .matrix, .diagonal, .cartan:
      for index in gate.firstNumber..<(gate.firstNumber + gate.numberCount) { numbers.append(circuit.numbers[index]) }
    }
    operations.append(
      BlockOperation(kind: gate.kind, targets: targets, controls: gate.controls.moved(to: places), firstNumber: first))
  }

  /// Adds a table of factors to the block that is being filled.
  mutating func append(diagonal factors: [Complex], targets: UInt64, controls: Controls) {
    operations.append(BlockOperation(kind: .diagonal, targets: targets, controls: controls, firstNumber: numbers.count))
    numbers += factors
  }

  private func isReversed(_ targets: UInt64, _ places: [Int]) -> Bool {
    places[targets.trailingZeroBitCount] > places[63 - targets.leadingZeroBitCount]
  }
}

extension TileSteps {
  /// Steps given one by one.
  package init(_ steps: [TileStep]) {
    let places = Array(0..<Limits.qubitCount)
    for step in steps {
      switch step {
      case .exchange(let partners): exchange(partners)
      case .operation(let operation): append(other: operation)
      case .block(let registers, let operations):
        let start = self.operations.count
        for operation in operations {
          guard let gate = BlockOperation(operation, at: places, &numbers) else {
            preconditionFailure("an operation that fits no block")
          }
          self.operations.append(gate)
        }
        closeBlock(from: start, registers: bitMask(of: registers))
      }
    }
  }

  /// The steps one by one.
  package var list: [TileStep] {
    steps.map { step in
      switch step.kind {
      case .block: .block(registers: setBits(step.registers), operations[step.range].flatMap { $0.operations(numbers) })
      case .exchange: .exchange(Array(partners[step.range]))
      case .operation: .operation(others[step.range.lowerBound])
      }
    }
  }

  /// About how many rotations take as long as all steps.
  var weight: Int { operations.reduce(steps.count) { $0 + $1.weight } }

  /// The qubits that any step mixes.
  var mixed: UInt64 {
    var result = operations.reduce(UInt64(0)) { $0 | $1.mixed }
    for operation in others { result |= operation.mixedQubits }
    for step in steps where step.kind == .exchange {
      result |= bitMask(of: partners[step.range]) | bitMask(of: 0..<step.range.count)
    }
    return result
  }

  /// The qubits that any step touches.
  var touched: UInt64 {
    var result = operations.reduce(mixed) { $0 | $1.selecting }
    for operation in others { result |= operation.selectingQubits }
    return result
  }
}
