extension NoiseModel.Placement {
  private static let names: [String: NoiseModel.Placement] = ["operands": .operands, "each": .each, "neighbors": .neighbors]

  /// Reads where a channel acts: its member `on`, a name or the place of a qubit.
  init(_ channel: JSONPlace) throws(CircuitError) {
    guard let on = try channel.member("on") else {
      self = .operands
      return
    }
    switch on.value {
    case .number: self = .operand(try on.integer())
    case .string(let name):
      guard let found = Self.names[name] else {
        throw channel.error("'on' is '\(name)'; operands, each, neighbors and the place of a qubit are accepted")
      }
      self = found
    default: throw on.error("a name or the place of a qubit is needed")
    }
  }

  /// What `on` says; nil if it need not.
  var json: JSONValue? {
    switch self {
    case .operands: nil
    case .each: .string("each")
    case .neighbors: .string("neighbors")
    case .operand(let index): .number(Double(index))
    }
  }
}
