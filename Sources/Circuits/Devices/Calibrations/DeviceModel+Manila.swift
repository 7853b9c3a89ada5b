// Made by bench/device-models/make.py; change that. Figures: qiskit-ibm-runtime 0.51.0, Apache License 2.0, copyright IBM.

extension DeviceModel {
  static let manila = #"""
    {
    "format": 1,
    "name": "manila",
    "source": "qiskit-ibm-runtime 0.51.0, FakeManilaV2: ibmq_manila 1.2.6",
    "license": "Apache-2.0",
    "calibrated": "2024-05-27",
    "qubit_count": 5,
    "basis_gates": ["cx", "id", "rz", "sx", "x"],
    "qubits": {"t1": [0.00013153, 0.00012454, 0.00015862, 0.0001791, 0.00014467],
    "t2": [0.0001022, 7.9015e-5, 2.5151e-5, 5.4361e-5, 4.0332e-5],
    "frequency": [4962360000, 4837870000, 5037300000, 4950970000, 5065180000],
    "zero_as_one": [0.0158, 0.0122, 0.0702, 0.0084, 0.0088],
    "one_as_zero": [0.0548, 0.0316, 0.1226, 0.0204, 0.0284],
    "readout_duration": 5.35111e-6},
    "gates": [
    {"gates": ["cx"],
    "qubits": [[0, 1], [1, 0], [1, 2], [2, 1], [2, 3], [3, 2], [3, 4], [4, 3]],
    "errors": [0.0088277, 0.0088277, 0.01394, 0.01394, 0.011354, 0.011354, 0.0056963, 0.0056963],
    "durations": [2.77333e-7, 3.12889e-7, 4.69333e-7, 5.04889e-7, 3.55556e-7, 3.91111e-7, 3.34222e-7, 2.98667e-7]},
    {"gates": ["id", "sx", "x"],
    "errors": [0.00015507, 0.00039219, 0.00074582, 0.00021222, 0.00035387],
    "durations": 3.55556e-8},
    {"gates": ["reset"],
    "durations": 5.51467e-6},
    {"gates": ["rz"],
    "errors": 0,
    "durations": 0}]
    }
    """#
}
