internal import Circuits

/// The gates that the language has by itself or that `qelib1.inc` and `stdgates.inc` provide.
///
/// Both includes give every gate of the gate table; a program that defines a gate of the same name uses its own.
enum GateLibrary {
  static let includes = ["qelib1.inc", "stdgates.inc"]

  /// A gate that needs no include.
  static func builtIn(_ name: String, _ version: OpenQASMVersion) -> Callee? {
    switch (name, version) {
    case ("U", .v2): .table(.u)
    case ("CX", .v2): .table(.cx)
    case ("U", .v3): table("U")
    case ("gphase", .v3): .table(.globalPhase)
    default: nil
    }
  }

  /// A gate of the includes.
  static func included(_ name: String, _ version: OpenQASMVersion) -> Callee? {
    switch (name, version) {
    case ("U", _), ("gphase", .v2): nil
    case ("u0", _): .defined(u0)
    case ("u2", .v3): .defined(phasedU2)
    case ("u3", .v3): .defined(phasedU3)
    default: table(name)
    }
  }

  /// Every name a program may call once it includes a library.
  static let names: [String] = Gate.all.flatMap { [$0.name] + $0.aliases } + ["u0"]

  private static func table(_ name: String) -> Callee? { Gate(named: name).map(Callee.table) }

  /// qelib1.inc's pause: the identity.
  private static let u0: GateDefinition = GateDefinition(
    name: "u0", parameters: [Parameter("gamma")], qubitCount: 1,
    steps: [.call(.table(.identity), [], [], [0], SourceRange(0, 0))])

  // stdgates.inc gives u2 and u3 the phase of a determinant 1, e^{−i(φ+λ)/2}; it matters under controls.
  private static let phasedU3 = phased("u3", ["theta", "phi", "lambda"]) { ($0, .u) }
  private static let phasedU2 = phased("u2", ["phi", "lambda"]) { ([ClassicalExpression(Double.pi / 2)] + $0, .u) }

  private static func phased(
    _ name: String, _ names: [String], _ gate: ([ClassicalExpression]) -> ([ClassicalExpression], Gate)
  ) -> GateDefinition {
    let symbols = names.map { ClassicalExpression.parameter(Parameter($0)) }
    let phase = -(symbols[names.count - 2] + symbols[names.count - 1]) / 2
    let (parameters, base) = gate(symbols)
    let place = SourceRange(0, 0)
    return GateDefinition(
      name: name, parameters: names.map { Parameter($0) }, qubitCount: 1,
      steps: [
        .call(.table(.globalPhase), [], [phase], [], place), .call(.table(base), [], parameters, [0], place),
      ])
  }
}

/// The candidate most like a misspelt name, if one is close.
func nearest(_ name: String, in candidates: some Sequence<String>) -> String? {
  guard name.utf8.count <= 64 else { return nil }
  let limit = name.utf8.count <= 3 ? 1 : 2
  var best: (name: String, distance: Int)?
  for candidate in candidates where abs(candidate.utf8.count - name.utf8.count) <= limit {
    let distance = candidate.lowercased() == name.lowercased() ? 0 : editDistance(Array(name.utf8), Array(candidate.utf8))
    if distance <= limit, best.map({ (distance, candidate) < ($0.distance, $0.name) }) ?? true { best = (candidate, distance) }
  }
  return best?.name
}

private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var row = Array(0...b.count)
  for i in a.indices {
    var diagonal = row[0]
    row[0] = i + 1
    for j in b.indices {
      let substitution = diagonal + (a[i] == b[j] ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substitution, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[b.count]
}
