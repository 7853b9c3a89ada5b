internal import Circuits
internal import OpenQASM
internal import Protocol

/// A template, read.
struct ExecutableCircuit {
  /// What is run: with its noise, where it comes with some.
  var circuit: Circuit
  /// What variants are made of: without noise that comes beside it.
  var plain: Circuit
  /// The noise that comes beside it.
  var noise: CircuitNoise?

  /// Reads a template.
  ///
  /// - Parameter name: The circuit's, for messages.
  /// - Throws: ``ItemError`` with what is wrong: it is so for every row and on every device.
  init(_ template: Template, name: String) throws(ItemError) {
    switch template.format {
    case .openQASM: plain = try Self.parse(template, name: name)
    case .circuit: plain = try Self.decoding { () throws(ProtocolError) in try CircuitBody.decode(template.bytes) }
    case .noisyCircuit:
      let (circuit, noise) = try Self.decoding { () throws(ProtocolError) in try NoisyCircuitBody.decode(template.bytes) }
      (plain, self.noise) = (circuit, noise)
    }
    do throws(CircuitError) { circuit = try noise?.applied(to: plain) ?? plain } catch {
      throw .circuit(CircuitFailure(code: error.code.rawValue, message: error.message))
    }
  }

  private static func parse(_ template: Template, name: String) throws(ItemError) -> Circuit {
    do throws(OpenQASMError) {
      return try OpenQASMParser.parse(template.bytes, file: name.isEmpty ? "<template>" : name)
    } catch {
      throw .circuit(CircuitFailure(code: error.diagnostics[0].code.rawValue, message: error.description))
    }
  }

  private static func decoding<Value>(_ body: () throws(ProtocolError) -> Value) throws(ItemError) -> Value {
    do throws(ProtocolError) { return try body() } catch {
      throw .circuit(CircuitFailure(code: error.code.rawValue, message: error.message))
    }
  }
}
