/// What `NoiseModel.to_dict(serializable=True)` of Qiskit Aer 0.18.2 gives, without the errors' identifiers, for a model of
///
/// - `depolarizing_error(0.04, 1)` on `sx` and `x` of all qubits, `coherent_unitary_error(diag(1, i))` on `rz`;
/// - `thermal_relaxation_error(50e-6, 70e-6, 10e-6, 0.1)` on `sx` of qubit 1;
/// - `reset_error(0.3, 0.2).tensor(pauli_error([("Z", 0.1), ("I", 0.9)]))` on `cx` of qubits 1 and 0;
/// - readout errors of all qubits and of qubit 0.
let aerModel = """
  {"errors": [
  {"type": "qerror", "operations": ["sx"], "instructions": [[{"name": "id", "qubits": [0]}], [{"name": "x", "qubits": [0]}],
  [{"name": "y", "qubits": [0]}], [{"name": "z", "qubits": [0]}]], "probabilities": [0.97, 0.01, 0.01, 0.01]},
  {"type": "qerror", "operations": ["x"], "instructions": [[{"name": "id", "qubits": [0]}], [{"name": "x", "qubits": [0]}],
  [{"name": "y", "qubits": [0]}], [{"name": "z", "qubits": [0]}]], "probabilities": [0.97, 0.01, 0.01, 0.01]},
  {"type": "qerror", "operations": ["rz"], "instructions": [[{"name": "unitary", "qubits": [0], "params": [[[[1.0, 0.0], [0.0,
  0.0]], [[0.0, 0.0], [0.0, 1.0]]]]}]], "probabilities": [1.0]},
  {"type": "qerror", "operations": ["sx"], "instructions": [[{"name": "kraus", "qubits": [0], "params": [[[[-0.9817267494375598,
  0.0], [0.0, 0.0]], [[0.0, 0.0], [-0.9030409389871147, 0.0]]], [[[-0.13448295336792931, 0.0], [0.0, 0.0]], [[0.0, 0.0],
  [0.1462010269575874, 0.0]]], [[[0.0, 0.0], [0.0, 0.0]], [[0.134636268115994, 0.0], [0.0, 0.0]]], [[[0.0, 0.0],
  [0.40390880434798193, 0.0]], [[0.0, 0.0], [0.0, 0.0]]]]}]], "probabilities": [1.0], "gate_qubits": [[1]]},
  {"type": "qerror", "operations": ["cx"], "instructions": [[{"name": "z", "qubits": [0]}, {"name": "id", "qubits": [1]}], [{"name":
  "id", "qubits": [0]}, {"name": "id", "qubits": [1]}], [{"name": "z", "qubits": [0]}, {"name": "reset", "qubits": [1]}], [{"name":
  "id", "qubits": [0]}, {"name": "reset", "qubits": [1]}], [{"name": "z", "qubits": [0]}, {"name": "reset", "qubits": [1]}, {"name":
  "x", "qubits": [1]}], [{"name": "id", "qubits": [0]}, {"name": "reset", "qubits": [1]}, {"name": "x", "qubits": [1]}]],
  "probabilities": [0.049999999999999996, 0.44999999999999996, 0.03, 0.27, 0.020000000000000004, 0.18000000000000002],
  "gate_qubits": [[1, 0]]},
  {"type": "roerror", "operations": ["measure"], "probabilities": [[0.95, 0.05], [0.07, 0.93]]},
  {"type": "roerror", "operations": ["measure"], "probabilities": [[0.9, 0.1], [0.2, 0.8]], "gate_qubits": [[0]]}
  ]}
  """
