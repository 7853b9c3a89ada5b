internal import Circuits

extension Elaborator {
  /// `measure q -> c;` or `measure q;`.
  func measure(_ qubits: Expression, into target: Expression?) throws(Failure) {
    guard let target else {
      for qubit in try self.qubits(qubits) { try emit(.measure(qubit: qubit, bit: nil)) }
      return
    }
    try measure(qubits, into: try self.target(target), at: qubits.range.through(target.range))
  }

  /// Measures qubits into as many bits.
  func measure(_ qubits: Expression, into target: Target, at range: SourceRange) throws(Failure) {
    let sources = try self.qubits(qubits)
    if case .bits(let bits, _) = target {
      try checkCounts(sources.count, bits.count, at: range)
      for (qubit, bit) in zip(sources, bits) { try emit(.measure(qubit: qubit, bit: bit)) }
      return
    }
    let count = try width(of: target, at: range)
    try checkCounts(sources.count, count, at: range)
    let bits = Array(try temporaryBits(count))
    for (qubit, bit) in zip(sources, bits) { try emit(.measure(qubit: qubit, bit: bit)) }
    try assign(try scalar(.bits(bits, isRegister: count > 1), at: range), to: target, isFresh: false, at: range)
  }

  private func checkCounts(_ qubits: Int, _ bits: Int, at range: SourceRange) throws(Failure) {
    guard qubits == bits else {
      throw Failure(.sizeMismatch, "a measurement of \(qubits) qubits into \(bits) bits; equal numbers are needed", at: range)
    }
  }

  private func width(of target: Target, at range: SourceRange) throws(Failure) -> Int {
    switch target {
    case .bits(let bits, _): return bits.count
    case .bitAt, .variableBit: return 1
    case .variable(_, .bool), .element(_, .bool, _): return 1
    case .variable(_, .bits(let width)), .element(_, .bits(let width), _): return width
    case .variable(_, let type), .element(_, let type, _):
      throw Failure(.wrongType, "a measurement into a variable of type \(type); a bit, bits or a bool is needed", at: range)
    case .array: throw Failure(.wrongType, "a measurement into an array; an element is needed", at: range)
    }
  }

  /// `delay[100ns] q;`.
  func delay(_ duration: Expression, _ operands: [Expression]) throws(Failure) {
    let seconds = try scalar(duration)
    if let value = seconds.literal?.double, !(value >= 0 && value.isFinite) {
      throw Failure(.invalidArithmetic, "a delay of \(value) seconds; at least 0 is needed", at: duration.range)
    }
    var qubits = [Int]()
    for operand in operands { qubits += try self.qubits(operand) }
    if operands.isEmpty { qubits = Array(0..<storage.qubitCount) }
    var seen = Set<Int>()
    qubits = qubits.filter { seen.insert($0).inserted }
    try emit(.delay(seconds: seconds.expression, qubits: qubits), cost: 1 + qubits.count / 32)
  }
}
