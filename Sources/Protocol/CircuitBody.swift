package import Circuits

/// The bytes of a template of format ``Template/Format/circuit``: one circuit, written in exactly one way.
///
/// Layout, version 1: a version byte; registers, variables and parameters by name, in order of declaration; the names of the gates
/// used, in order of first use; the instructions, each a tag byte and its fields, bodies nested; then, if there are
/// any, the errors of reading. Integers are variable-length,
/// floats little-endian. Equal circuits give equal bytes, so a template's digest is the circuit's name.
package enum CircuitBody {
  static let version: UInt8 = 1

  /// Writes a circuit.
  package static func encode(_ circuit: Circuit) -> [UInt8] {
    var names: [String] = []
    circuit.instructions.forEach { collect($0, &names) }
    var writer = CircuitWriter(gates: names)
    writer.bytes.byte(version)
    writer.bytes.list(circuit.quantumRegisters) { bytes, register in
      bytes.text(register.name)
      bytes.count(register.qubits.count)
    }
    writer.bytes.list(circuit.classicalRegisters) { bytes, register in
      bytes.text(register.name)
      bytes.count(register.bits.count)
      bytes.flag(register.isOutput)
    }
    writer.bytes.list(circuit.variables) { bytes, variable in
      bytes.text(variable.name)
      CircuitWriter.write(variable.type, to: &bytes)
      bytes.count(variable.elementCount)
    }
    writer.bytes.list(circuit.parameters) { $0.text($1.name) }
    writer.bytes.list(names) { $0.text($1) }
    writer.write(circuit.instructions)
    // A circuit that is read without errors is written as before there were any.
    if !circuit.readout.isEmpty { writer.write(circuit.readout) }
    return writer.bytes.bytes
  }

  /// Reads a circuit.
  ///
  /// - Throws: ``ProtocolError`` with code `malformed` for what was not written by ``encode(_:)``, `version` for a later version's,
  ///   `invalid_value` with the circuit's own error where the instructions make no circuit.
  package static func decode(_ bytes: [UInt8]) throws(ProtocolError) -> Circuit {
    var reader = CircuitReader(bytes)
    let version = try reader.bytes.byte()
    guard version == Self.version else {
      throw ProtocolError(.version, "circuit encoding: version \(version), \(Self.version) accepted")
    }
    switch try reader.circuit() {
    case .failure(let error): throw ProtocolError(.invalidValue, "circuit encoding: \(error.message)")
    case .success(let circuit):
      // One circuit has one encoding, or its digest would not be its name.
      guard encode(circuit) == bytes else { throw ProtocolError(.malformed, "circuit encoding: not the canonical one") }
      return circuit
    }
  }

  private static func collect(_ instruction: Instruction, _ names: inout [String]) {
    if case .gate(let operation) = instruction, case .standard(let gate) = operation.kind, !names.contains(gate.name) {
      names.append(gate.name)
    }
    for body in instruction.bodies { for inner in body { collect(inner, &names) } }
  }
}

extension Template {
  /// Makes a template of a circuit value, for circuits that were not read from source.
  ///
  /// - Throws: ``ProtocolError`` with code `too_large` above 8 MiB.
  package init(_ circuit: Circuit) throws(ProtocolError) {
    try self.init(format: .circuit, bytes: CircuitBody.encode(circuit))
  }
}
