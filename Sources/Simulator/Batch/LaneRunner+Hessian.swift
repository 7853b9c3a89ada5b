internal import CKernels
internal import Circuits

extension LaneRunner {
  /// Computes one row's values, derivatives and Hessian times vector: see ``Estimator/hessianVectorProducts(_:vectors:cotangents:rowCount:values:gradients:products:stop:)``.
  ///
  /// Derivatives are added up by columns, parameters and expressions, over all parts and shifts; the chain rule comes last, once.
  ///
  /// - Parameter columns: The row's parameters and the values of its expressions.
  func multiplyHessian(
    _ job: LaneJob, _ hessian: LaneHessian, _ memory: LaneMemory, row: Int, _ columns: UnsafePointer<Double>, stop: StopFlag
  ) throws(SimulatorError) {
    let curvatures = try curvatures(job, hessian, row)
    let slopes =
      unsafe hessian.vectors[row * parameterCount..<(row + 1) * parameterCount] + curvatures.map { $0?.slope ?? 0 }
    for place in 0..<laneCount * program.observableCount {
      unsafe memory.cotangents[place] = hessian.cotangents[row * program.observableCount + place % program.observableCount]
    }
    var gradient = [Double](repeating: 0, count: columnCount)
    var product = gradient
    unsafe gather(memory, columns) { _ in 0 }
    for part in program.parts {
      let shifts = LaneShift.all(part.plan.rotations, slopes)
      let step = part.isSpread ? 1 : laneCount
      for first in stride(from: 0, to: shifts.count, by: step) {
        try stop.check()
        let lanes = shifts[first..<min(first + step, shifts.count)]
        try differentiate(job, part, memory, row: row, lanes)
        for (lane, shift) in lanes.enumerated() {
          let found = unsafe memory.gradients + lane * columnCount
          if let weight = shift.weight {
            for column in 0..<columnCount { unsafe product[column] += weight * found[column] }
          } else {
            for column in 0..<columnCount { unsafe gradient[column] += found[column] }
          }
        }
      }
    }
    chain(gradient, product, curvatures, hessian, row)
  }

  /// Gradients of a part by columns under one shift a lane, lane × column; of the first shifts, which begin with none, the values too.
  private func differentiate(
    _ job: LaneJob, _ part: LaneProgram, _ memory: LaneMemory, row: Int, _ shifts: ArraySlice<LaneShift>
  ) throws(SimulatorError) {
    for lane in 0..<laneCount {
      // Lanes without a shift of their own repeat the last.
      let shift = shifts[min(shifts.startIndex + lane, shifts.endIndex - 1)]
      unsafe (memory.shifted[lane], memory.shifts[lane]) = (shift.rotation, shift.angle)
    }
    guard bindShifted(part, memory) else {
      throw unsafe program.angleError(job.parameters, row..<row + 1, firstRow: firstRow)
    }
    unsafe operations.pointee.evolve(part.start, memory.start)
    unsafe operations.pointee.sum(part.start, memory.start)
    if shifts.startIndex == 0 {
      unsafe operations.pointee.observe(part.start, memory.start, job.values.baseAddress! + row * program.observableCount, 1)
    }
    unsafe memory.gradients.update(repeating: 0, count: laneCount * columnCount)
    unsafe operations.pointee.differentiate(
      part.start, memory.start, memory.cotangents, memory.gradients, columnCount, UInt32(shifts.count))
  }

  /// What expressions do along a row's vector; nil for one on which no part depends, whose derivatives nobody asks for.
  private func curvatures(_ job: LaneJob, _ hessian: LaneHessian, _ row: Int) throws(SimulatorError) -> [ExpressionCurvature?] {
    if expressions.isEmpty { return [] }
    let used = Set(program.parts.flatMap { $0.plan.rotations.flatMap { $0.angle.terms.map(\.parameter) } })
    let places = row * parameterCount..<(row + 1) * parameterCount
    let (parameters, vector) = unsafe (
      UnsafeBufferPointer(rebasing: job.parameters[places]), UnsafeBufferPointer(rebasing: hessian.vectors[places])
    )
    var result = [ExpressionCurvature?]()
    for (index, expression) in expressions.enumerated() {
      guard used.contains(parameterCount + index) else {
        result.append(nil)
        continue
      }
      do throws(CircuitError) {
        result.append(try unsafe ExpressionCurvature(expression, parameters.span, vector: vector.span))
      } catch {
        throw SimulatorError(.invalidArgument, "row \(firstRow + row): \(error.message)")
      }
    }
    return result
  }

  /// From derivatives by columns to those by parameters: for an expression e that is a column, ∂E/∂e·∂ᵢe, and along the vector
  /// ∂ᵥ(∂E/∂e)·∂ᵢe + ∂E/∂e·∂ᵥ∂ᵢe.
  private func chain(
    _ gradient: [Double], _ product: [Double], _ curvatures: [ExpressionCurvature?], _ hessian: LaneHessian, _ row: Int
  ) {
    let start = row * parameterCount
    for parameter in 0..<parameterCount {
      unsafe (hessian.gradients[start + parameter], hessian.products[start + parameter]) = (gradient[parameter], product[parameter])
    }
    for (index, curvature) in curvatures.enumerated() {
      guard let curvature else { continue }
      let (slope, change) = (gradient[parameterCount + index], product[parameterCount + index])
      for (entry, parameter) in expressions[index].parameters.enumerated() {
        unsafe hessian.gradients[start + parameter] += slope * curvature.gradient[entry]
        unsafe hessian.products[start + parameter] += change * curvature.gradient[entry] + slope * curvature.product[entry]
      }
    }
  }
}
