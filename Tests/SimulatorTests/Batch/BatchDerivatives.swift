@testable import Simulator

/// What a job gives back.
struct BatchDerivatives: Equatable {
  var values: [Double]
  var gradients: [Double]
}

/// Values of rows, and the derivatives of each, or under cotangents where there are some.
func derivatives(
  of program: BatchProgram, _ rows: [[Double]], _ cotangents: [Double]?, run: (LaneJob) throws -> Void
) throws -> BatchDerivatives {
  try derivatives(of: program, observableCount: program.observableCount, rows, cotangents, run: run)
}

/// The same of density matrices.
func derivatives(
  of program: DensityLaneProgram, _ rows: [[Double]], _ cotangents: [Double]?, run: (LaneJob) throws -> Void
) throws -> BatchDerivatives {
  try derivatives(of: program, observableCount: program.observableCount, rows, cotangents, run: run)
}

private func derivatives(
  of program: some RowColumns, observableCount: Int, _ rows: [[Double]], _ cotangents: [Double]?, run: (LaneJob) throws -> Void
) throws -> BatchDerivatives {
  let parameters = rows.flatMap(\.self)
  var values = [Double](repeating: .nan, count: rows.count * observableCount)
  let pulls = cotangents == nil ? observableCount : 1
  var gradients = [Double](repeating: .nan, count: rows.count * pulls * program.parameterCount)
  try unsafe parameters.withUnsafeBufferPointer { parameters in
    try unsafe values.withUnsafeMutableBufferPointer { values in
      try unsafe gradients.withUnsafeMutableBufferPointer { gradients in
        try unsafe (cotangents ?? []).withUnsafeBufferPointer { places in
          let output: LaneJob.Output =
            unsafe cotangents == nil ? .jacobian(gradients) : .pullBack(cotangents: places, gradients)
          try unsafe run(LaneJob(rowCount: rows.count, parameters: parameters, values: values, output: output))
        }
      }
    }
  }
  return BatchDerivatives(values: values, gradients: gradients)
}
