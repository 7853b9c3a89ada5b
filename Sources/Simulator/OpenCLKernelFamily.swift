/// Kernels that are compiled together, and for what.
enum OpenCLKernelFamily: Hashable {
  /// Those of registers, for states whose top qubits choose between buffers.
  case registers(splitQubitCount: Int)
  /// Those of density matrices.
  case densities
  /// Those of batches.
  case batches(OpenCLBatchVariant)
  /// Those of the derivatives of batches.
  case batchGradients(OpenCLBatchVariant)
  /// Those of batches of density matrices, values and derivatives.
  case batchDensities(isLocal: Bool)

  /// Whether a kernel file belongs to it; the prelude belongs to all.
  func has(_ file: String) -> Bool {
    switch self {
    case .registers: !file.hasPrefix("batch") && file != "density.cl"
    case .densities: ["prelude.cl", "density.cl"].contains(file)
    case .batches: ["prelude.cl", "batch_angles.cl", "batch_common.cl", "batch.cl"].contains(file)
    case .batchGradients: ["prelude.cl", "batch_angles.cl", "batch_common.cl", "batch_gradient.cl"].contains(file)
    case .batchDensities: ["prelude.cl", "batch_angles.cl", "batch_density.cl"].contains(file)
    }
  }

  /// What the kernels are told.
  var definitions: [String] {
    switch self {
    case .registers(let splitQubitCount): ["-D KETWORK_SPLIT_QUBITS=\(splitQubitCount)"]
    case .densities: ["-D KETWORK_SPLIT_QUBITS=0"]
    case .batches(let variant), .batchGradients(let variant): ["-D KETWORK_SPLIT_QUBITS=0"] + variant.definitions
    case .batchDensities(let isLocal):
      // Work-items read different words of a program at a time, for which constant memory is not made.
      ["-D KETWORK_SPLIT_QUBITS=0", "-D KETWORK_BATCH_SPACE=\(isLocal ? "local" : "global")", "-D KETWORK_BATCH_PROGRAM=global"]
    }
  }
}

/// For which batches kernels are compiled.
struct OpenCLBatchVariant: Hashable {
  /// Whether amplitudes are real.
  var isReal: Bool
  /// Whether states lie in local memory, or else in global memory.
  var isLocal: Bool
  /// Whether programs lie in constant memory, or else in global memory.
  var isConstant: Bool

  /// What kernels/batch_angles.cl and kernels/batch_common.cl ask for.
  var definitions: [String] {
    [
      "-D KETWORK_BATCH_REAL=\(isReal ? 1 : 0)", "-D KETWORK_BATCH_SPACE=\(isLocal ? "local" : "global")",
      "-D KETWORK_BATCH_PROGRAM=\(isConstant ? "constant" : "global")",
    ]
  }
}

extension OpenCLBatchVariant {
  /// One of them: all are made of the same files.
  static let any = OpenCLBatchVariant(isReal: true, isLocal: true, isConstant: true)
}
