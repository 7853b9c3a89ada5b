/// What an expression reads while a circuit runs: bound parameters, variables and classical bits.
public struct ClassicalMemory: Hashable, Sendable {
  /// Values of the parameters.
  public var parameters: [Parameter: Double]
  /// The elements of each variable; a scalar has one.
  public var variables: [[ClassicalValue]]
  /// All classical bits.
  public var bits: [Bool]

  /// Makes a memory.
  public init(parameters: [Parameter: Double] = [:], variables: [[ClassicalValue]] = [], bits: [Bool] = []) {
    self.parameters = parameters
    self.variables = variables
    self.bits = bits
  }

  /// Consecutive bits as a number, the first least significant.
  ///
  /// - Throws: ``CircuitError`` if the range is outside the memory or longer than 64.
  public func pattern(_ range: Range<Int>) throws(CircuitError) -> UInt64 {
    guard range.lowerBound >= 0, range.upperBound <= bits.count, range.count <= 64 else {
      throw CircuitError(.bitOutOfRange, "classical bits \(range) of \(bits.count); at most 64 are read as one value")
    }
    return range.reversed().reduce(0) { ($0 << 1) | (bits[$1] ? 1 : 0) }
  }

  /// Writes consecutive bits from a number, the first least significant.
  public mutating func setPattern(_ pattern: UInt64, _ range: Range<Int>) throws(CircuitError) {
    guard range.lowerBound >= 0, range.upperBound <= bits.count, range.count <= 64 else {
      throw CircuitError(.bitOutOfRange, "classical bits \(range) of \(bits.count); at most 64 are written as one value")
    }
    for (offset, bit) in range.enumerated() { bits[bit] = pattern >> UInt64(offset) & 1 == 1 }
  }

  func element(_ variable: Int, _ index: Int64) throws(CircuitError) -> ClassicalValue {
    guard variables.indices.contains(variable) else {
      throw CircuitError(.bitOutOfRange, "variable \(variable) of \(variables.count)")
    }
    guard let position = Int(exactly: index), variables[variable].indices.contains(position) else {
      throw CircuitError(.bitOutOfRange, "element \(index) of an array of \(variables[variable].count)")
    }
    return variables[variable][position]
  }
}
