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

extension ClassicalMemory {
  /// Stores a value, converted to the target's type.
  ///
  /// - Throws: ``CircuitError``: `bit_out_of_range` for an index outside, `invalid_arithmetic` for a value that does not convert.
  public mutating func assign(_ value: ClassicalValue, to target: ClassicalTarget) throws(CircuitError) {
    switch target {
    case .bit(let bit): try setPattern(value.isTrue ? 1 : 0, bit..<bit + 1)
    case .bits(let range): try setPattern(try value.converted(to: .bits(width: max(range.count, 1))).pattern ?? 0, range)
    case .bitAt(let range, let index):
      let offset = try index.integer(in: self)
      guard offset >= 0, offset < range.count else { throw CircuitError(.bitOutOfRange, "bit \(offset) of \(range.count)") }
      try assign(value, to: .bit(range.lowerBound + Int(offset)))
    case .variable(let variable): try store(value, variable, 0)
    case .element(let variable, let index): try store(value, variable, try index.integer(in: self))
    case .variableBit(let variable, let element, let bit):
      let position = try element.integer(in: self)
      let old = try self.element(variable, position)
      let offset = try bit.integer(in: self)
      guard let pattern = old.pattern, offset >= 0, offset < old.type.width else {
        throw CircuitError(.bitOutOfRange, "bit \(offset) of a value of type \(old.type)")
      }
      let mask = UInt64(1) << UInt64(offset)
      let changed = ClassicalValue.bits(value.isTrue ? pattern | mask : pattern & ~mask, width: 64)
      try store(changed, variable, position)
    }
  }

  private mutating func store(_ value: ClassicalValue, _ variable: Int, _ index: Int64) throws(CircuitError) {
    let type = try element(variable, index).type
    // Bits keep their pattern; everything else is converted by value.
    variables[variable][Int(index)] = try value.converted(to: type)
  }
}
