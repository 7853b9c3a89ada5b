internal import Circuits

/// Whether gates one after the other are a gate of the table for all values of its parameters, up to a phase that is linear in them.
///
/// Both are compared as matrices at fixed points. Angles are sums of multiples of parameters, so that entries are sums of few waves: two that
/// agree at all of ``points`` without being equal do not occur by accident.
struct GateComparison {
  private let gate: Gate
  private let parameters: [Parameter]
  private let operations: [GateOperation]

  init(_ gate: Gate, _ parameters: [Parameter], _ operations: [GateOperation]) {
    (self.gate, self.parameters, self.operations) = (gate, parameters, operations)
  }

  /// γ, if the operations are e^{iγ} times the gate; nil if they are another gate.
  var phase: ClassicalExpression? {
    guard isLinear, let form = candidate else { return nil }
    for point in points {
      let expected = zip(form.slopes, point).reduce(form.constant) { $0 + $1.0 * $1.1 }
      guard let own = product(point), own.distance(to: gate.matrix(point).scaled(by: Complex(phase: expected))) <= Self.tolerance
      else { return nil }
    }
    return expression(form)
  }

  /// How far entries may be apart: far above what rounding leaves of a thousand gates, far below any angle that is meant.
  private static let tolerance = 1e-10

  /// Values that no angle of a file is a simple fraction of, over two turns to either side; gates turn by half of their angles.
  private var points: [[Double]] {
    let golden = 0.6180339887498949
    return (0..<(parameters.isEmpty ? 1 : Limits.comparedPointCount)).map { point in
      parameters.indices.map { place in
        let position = Double(point * parameters.count + place + 1) * golden
        return 4 * Double.pi * (2 * (position - position.rounded(.down)) - 1)
      }
    }
  }

  private var isLinear: Bool {
    let places = Dictionary(uniqueKeysWithValues: parameters.enumerated().map { ($0.element, $0.offset) })
    return operations.allSatisfy { $0.parameters.allSatisfy { $0.linearForm(in: places) != nil } }
  }

  /// The phase that the first point and those beside it show.
  private var candidate: (constant: Double, slopes: [Double])? {
    let start = points[0]
    guard let first = phase(at: start) else { return nil }
    var slopes = [Double]()
    for place in parameters.indices {
      var beside = start
      beside[place] += Self.step
      guard let second = phase(at: beside) else { return nil }
      // Gates turn by halves and quarters of angles.
      guard let slope = ((second - first).wrapped / Self.step).snapped(to: 1.0 / 8, within: 1e-9) else { return nil }
      slopes.append(slope)
    }
    let constant = zip(slopes, start).reduce(first) { $0 - $1.0 * $1.1 }.wrapped
    return (constant.snapped(to: Double.pi / 16, within: 1e-12) ?? constant, slopes)
  }

  private static let step = 1.0 / 64

  /// The phase between the two, if they differ by nothing else.
  private func phase(at point: [Double]) -> Double? {
    guard let own = product(point) else { return nil }
    let overlap = zip(gate.matrix(point).entries, own.entries).reduce(Complex.zero) { $0 + $1.0.conjugate * $1.1 }
    return abs(overlap.length / Double(own.dimension) - 1) <= Self.tolerance ? overlap.phase : nil
  }

  private func product(_ point: [Double]) -> Matrix? {
    let memory = ClassicalMemory(parameters: Dictionary(uniqueKeysWithValues: zip(parameters, point)))
    // What has no matrix at a point is not the gate.
    return try? Matrix(product: operations, on: Array(0..<gate.qubitCount), in: memory)
  }

  private func expression(_ form: (constant: Double, slopes: [Double])) -> ClassicalExpression {
    zip(form.slopes, parameters).reduce(ClassicalExpression(form.constant)) { sum, term in
      guard term.0 != 0 else { return sum }
      let product = term.0 == 1 ? ClassicalExpression.parameter(term.1) : ClassicalExpression(term.0) * .parameter(term.1)
      return sum == ClassicalExpression(0) ? product : sum + product
    }
  }
}

extension Double {
  /// The same angle within half a turn of 0.
  fileprivate var wrapped: Double { self - 2 * .pi * (self / (2 * .pi)).rounded() }

  /// The nearest multiple of a unit, if it is this near.
  fileprivate func snapped(to unit: Double, within tolerance: Double) -> Double? {
    let nearest = (self / unit).rounded() * unit
    return abs(self - nearest) <= tolerance ? nearest + 0 : nil
  }
}

extension Matrix {
  fileprivate func scaled(by factor: Complex) -> Matrix { Matrix(dimension: dimension, entries: entries.map { factor * $0 }) }
}
