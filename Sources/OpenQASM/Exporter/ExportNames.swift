internal import Circuits

/// Unique identifiers for the parts of a circuit.
struct ExportNames {
  private var used: Set<String>
  private(set) var quantumRegisters: [String] = []
  private(set) var classicalRegisters: [String] = []
  private(set) var variables: [String] = []
  private(set) var parameters: [Parameter: String] = [:]

  init(_ circuit: Circuit, version: OpenQASMVersion) {
    used = Set(Keyword.allCases.map(\.rawValue)).union(Elaborator.constants.keys).union(["U", "CX", "gphase", "pragma"])
    // Parameters first: their names are columns of someone's table.
    for parameter in circuit.parameters { parameters[parameter] = unique(parameter.name) }
    quantumRegisters = circuit.quantumRegisters.map { unique($0.name) }
    classicalRegisters = circuit.classicalRegisters.map { unique($0.name) }
    variables = circuit.variables.map { unique($0.name) }
  }

  /// The name if it is free, else one like it.
  mutating func unique(_ name: String) -> String {
    var base = String(name.unicodeScalars.map { Self.isAllowed($0) ? Character($0) : "_" })
    if base.isEmpty || base.utf8.first?.isDigit == true { base = "_" + base }
    // OpenQASM 2 wants a lower-case letter first; tools of version 3 take it as well.
    if base.utf8.first?.isASCIILetter != true, base.utf8.first.map({ $0 < 0x80 }) == true { base = "v" + base }
    var candidate = base
    var number = 0
    while !used.insert(candidate).inserted {
      candidate = "\(base)_\(number)"
      number += 1
    }
    return candidate
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII ? UInt8(ascii: scalar).isIdentifierTail : scalar.properties.isAlphabetic
  }
}

/// Where qubits and bits stand in their registers.
struct ExportPlaces {
  private let qubits: [String]
  private let registers: [(name: String, bits: Range<Int>)]
  private let registerOfBit: [Int]

  init(_ circuit: Circuit, _ names: ExportNames) {
    qubits = zip(circuit.quantumRegisters, names.quantumRegisters).flatMap { register, name in
      register.qubits.indices.map { "\(name)[\($0 - register.qubits.lowerBound)]" }
    }
    registers = zip(circuit.classicalRegisters, names.classicalRegisters).map { ($1, $0.bits) }
    registerOfBit = circuit.classicalRegisters.enumerated().flatMap { index, register in register.bits.map { _ in index } }
  }

  func qubit(_ index: Int) -> String { qubits[index] }

  func bit(_ index: Int) -> String {
    let register = registers[registerOfBit[index]]
    return "\(register.name)[\(index - register.bits.lowerBound)]"
  }

  /// The parts of registers that make up a run of bits: whole ones by name.
  func parts(_ range: Range<Int>) -> [(name: String, slice: Range<Int>, isWhole: Bool)] {
    var parts = [(name: String, slice: Range<Int>, isWhole: Bool)]()
    var start = range.lowerBound
    while start < range.upperBound {
      let register = registers[registerOfBit[start]]
      let end = min(range.upperBound, register.bits.upperBound)
      let slice = start - register.bits.lowerBound..<end - register.bits.lowerBound
      parts.append((register.name, slice, slice.count == register.bits.count))
      start = end
    }
    return parts
  }

  /// A run of bits as one operand; several registers are joined by `++`.
  func bits(_ range: Range<Int>) -> String {
    let parts = parts(range).map { $0.isWhole ? $0.name : "\($0.name)[\($0.slice.lowerBound):\($0.slice.upperBound - 1)]" }
    return parts.count == 1 ? parts[0] : "(\(parts.joined(separator: " ++ ")))"
  }
}

/// A real number that reads back exactly, as a fraction of π where it is one.
func numberText(_ value: Double, isVersion2: Bool = false) -> String {
  if value != 0 {
    for denominator in [1, 2, 3, 4, 6, 8, 16] {
      let numerator = (value * Double(denominator) / Double.pi).rounded()
      guard numerator != 0, abs(numerator) <= 64, numerator.magnitude * Double.pi / Double(denominator) == value.magnitude else {
        continue
      }
      let factor = numerator.magnitude == 1 ? "pi" : "\(Int(numerator.magnitude))*pi"
      return (value < 0 ? "-" : "") + factor + (denominator == 1 ? "" : "/\(denominator)")
    }
  }
  return value.description
}
