internal import Circuits
internal import Mitigation
internal import Protocol
internal import Simulator

extension ItemError {
  /// What a simulator's failure means for an item.
  init(_ error: SimulatorError) {
    switch error.code {
    case .cancelled: self = .stopped
    case .deviceFailure: self = .device(code: error.code.rawValue, message: error.message)
    default: self = .circuit(CircuitFailure(code: error.code.rawValue, message: error.message))
    }
  }

  /// What a failure of mitigation means for an item.
  init(_ error: any Error, mitigationBy method: MitigationSettings.Method) {
    let place = "mitigation by \(method.rawValue)"
    switch error {
    case let error as ItemError: self = error
    // Its messages name the technique.
    case let error as MitigationError: self = .circuit(CircuitFailure(error))
    case let error as CircuitError:
      self = .circuit(CircuitFailure(code: error.code.rawValue, message: "\(place): \(error.message)"))
    case let error as SimulatorError:
      self = ItemError(error)
      if case .circuit(let failure) = self {
        self = .circuit(CircuitFailure(code: failure.code, message: "\(place): \(failure.message)"))
      }
    // Our bug, and still no reason to take the worker down.
    default: self = .circuit(CircuitFailure(code: "internal", message: "\(place): \(error)"))
    }
  }
}

extension CircuitFailure {
  /// The failure of a technique.
  init(_ error: MitigationError) {
    self.init(code: error.code.rawValue, message: error.message)
  }
}
