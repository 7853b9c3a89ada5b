public import Circuits

/// Which gates of a circuit a technique acts on.
public enum GateSelection: Hashable, Sendable {
  /// All gates that act on qubits.
  case all
  /// Those on two qubits or more, where most of a device's noise is.
  case multiQubit
  /// Those with one of these names.
  case named(Set<String>)

  /// Whether a gate is among them.
  public func contains(_ gate: GateOperation) -> Bool {
    switch self {
    case .all: !gate.allQubits.isEmpty
    case .multiQubit: gate.allQubits.count >= 2
    case .named(let names): !gate.allQubits.isEmpty && names.contains(gate.name)
    }
  }
}
