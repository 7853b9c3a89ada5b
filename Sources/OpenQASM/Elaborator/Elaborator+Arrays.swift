internal import Circuits

extension Elaborator {
  /// An element or a part of an array.
  func element(_ view: ArrayView, _ items: [Expression], at range: SourceRange) throws(Failure) -> Operand {
    let part = try self.part(view, items, at: range)
    guard part.view.dimensions.isEmpty else { return .array(part.view) }
    let index = part.view.base
    let value = Scalar(.element(variable: view.variable, index: index), view.type)
    return part.rest.isEmpty ? .scalar(value) : .scalar(try bits(of: value, part.rest, at: range))
  }

  /// The part of an array that indices choose, and the indices left when none of its dimensions is.
  func part(_ view: ArrayView, _ items: [Expression], at range: SourceRange) throws(Failure) -> (
    view: ArrayView, rest: [Expression]
  ) {
    var part = view
    var kept = [ArrayView.Dimension]()
    var rest = view.dimensions[...]
    for (position, item) in items.enumerated() {
      guard let dimension = rest.popFirst() else {
        part.dimensions = kept
        return (part, Array(items[position...]))
      }
      if let place = try runtimeIndex(item) {
        part.base = try moved(part.base, by: place, dimension.stride, at: item.range)
        continue
      }
      let (places, isMany) = try places(item, count: dimension.count)
      part.base = ArrayView.moved(part.base, by: (places.first ?? 0) * dimension.stride)
      guard isMany else { continue }
      let step = places.count > 1 ? places[1] - places[0] : 1
      guard places.enumerated().allSatisfy({ $1 == places[0] + $0 * step }) else {
        throw Failure(.unsupported, "a part of an array at uneven steps; a range is accepted", at: item.range)
      }
      kept.append(ArrayView.Dimension(count: places.count, stride: step * dimension.stride))
    }
    part.dimensions = kept + rest
    return (part, [])
  }

  private func moved(_ base: ClassicalExpression, by place: ClassicalExpression, _ stride: Int, at range: SourceRange)
    throws(Failure) -> ClassicalExpression
  {
    let factor = ClassicalExpression.literal(.int(Int64(stride), width: 64))
    let offset = stride == 1 ? place : .binary(.multiply, place, factor)
    let sum = base.literal?.integer == 0 ? offset : .binary(.add, base, offset)
    guard sum.isWithinLimits else { throw .fatal("an index of more than \(Limits.expressionNodeCount) operations", at: range) }
    return sum
  }

  /// An element or a part of an array of inputs.
  func element(_ scalars: [Scalar], _ dimensions: [ArrayView.Dimension], _ items: [Expression], at range: SourceRange)
    throws(Failure) -> Operand
  {
    var chosen = scalars[...]
    var rest = dimensions[...]
    for item in items {
      guard let dimension = rest.popFirst() else {
        throw Failure(.wrongArity, "\(items.count) indices into an array of \(dimensions.count) dimensions", at: range)
      }
      let place = try place(try integer(item, "the index of an input"), dimension.count, item.range)
      let start = chosen.startIndex + place * dimension.stride
      chosen = chosen[start..<start + dimension.stride]
    }
    return rest.isEmpty ? .scalar(chosen[chosen.startIndex]) : .values(Array(chosen), Array(rest))
  }

  // MARK: Assignment

  /// Stores a list or another array in an array.
  func assign(_ value: Expression, to view: ArrayView, isFresh: Bool) throws(Failure) {
    if case .list(let items) = value.kind { return try assign(items, to: view, isFresh: isFresh, at: value.range) }
    switch try operand(value) {
    case .array(let source): try copy(source, to: view, at: value.range)
    case .values(let scalars, let dimensions):
      try checkShapes(dimensions.map(\.count), view.shape, at: value.range)
      for (place, scalar) in zip(view.elements, scalars) {
        try assign(scalar, toElement: place, of: view, isFresh: isFresh, at: value.range)
      }
    case let other:
      throw Failure(.wrongType, "\(other.description) where an array is needed", at: value.range)
    }
  }

  private func assign(_ items: [Expression], to view: ArrayView, isFresh: Bool, at range: SourceRange) throws(Failure) {
    guard let dimension = view.dimensions.first, items.count == dimension.count else {
      throw Failure(.sizeMismatch, "\(items.count) values for \(view.shape.first ?? 1) elements", at: range)
    }
    for (index, item) in items.enumerated() {
      var part = view
      part.base = ArrayView.moved(view.base, by: index * dimension.stride)
      part.dimensions.removeFirst()
      if part.dimensions.isEmpty {
        try assign(try scalar(item), toElement: part.base, of: view, isFresh: isFresh, at: item.range)
      } else {
        try assign(item, to: part, isFresh: isFresh)
      }
    }
  }

  private func assign(
    _ scalar: Scalar, toElement place: ClassicalExpression, of view: ArrayView, isFresh: Bool, at range: SourceRange
  )
    throws(Failure)
  {
    try assign(scalar, to: .element(variable: view.variable, type: view.type, index: place), isFresh: isFresh, at: range)
  }

  private func copy(_ source: ArrayView, to view: ArrayView, at range: SourceRange) throws(Failure) {
    try checkShapes(source.shape, view.shape, at: range)
    guard source.variable != view.variable else {
      throw Failure(.unsupported, "an array assigned to a part of itself", at: range)
    }
    for (from, to) in zip(source.elements, view.elements) {
      let value = Scalar(.element(variable: source.variable, index: from), source.type)
      try assign(value, toElement: to, of: view, isFresh: false, at: range)
    }
  }

  private func checkShapes(_ source: [Int], _ target: [Int], at range: SourceRange) throws(Failure) {
    guard source == target else {
      let words = [source, target].map { $0.map(String.init).joined(separator: "×") }
      throw Failure(.sizeMismatch, "an array of \(words[0]) elements where \(words[1]) are needed", at: range)
    }
  }
}
