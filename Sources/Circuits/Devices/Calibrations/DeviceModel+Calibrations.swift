// Made by bench/device-models/make.py; change that. Figures: qiskit-ibm-runtime 0.51.0, Apache License 2.0, copyright IBM.

extension DeviceModel {
  /// The names of the devices whose calibrations are shipped, and their texts.
  static let calibrations: [(name: String, json: String)] = [
    ("manila", manila),
    ("lagos", lagos),
    ("perth", perth),
    ("guadalupe", guadalupe),
    ("montreal", montreal),
    ("hanoi", hanoi),
    ("sherbrooke", sherbrooke),
    ("torino", torino),
    ("kingston", kingston),
  ]
}
