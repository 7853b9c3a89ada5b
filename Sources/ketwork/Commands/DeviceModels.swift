internal import ArgumentParser
internal import Circuits

/// `ketwork device-models`: quantum devices whose calibrations come with the program.
struct DeviceModels: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "device-models",
    abstract: "List quantum devices whose noise can be simulated, and how good they are.",
    discussion: """
      Calibrations of public devices: how long each qubit keeps its state (T1) and its phase (T2), how often each gate on each qubit or pair \
      and each reading fails, and how long they take. The table shows medians: over the pulse that a qubit's gates are made of, over the \
      gate that a pair has, over qubits. Gates that had failed when the device was calibrated are among them.

      The noise of a device is what Qiskit Aer makes of the same figures: after each gate depolarization and relaxation of its qubits, so \
      that its average error is the one that was measured; relaxation during delays; outcomes that are misread. Gates that a device does \
      not have have the noise of those that they are made of: phases (rz, p, z, s, t) have none, h is one pulse, rx, ry and u are two, cx, \
      cy, cz, ch and ecr are the pair's own gate, other gates of two qubits are two of it, and swap and matrices are three.

      --noise-model NAME prints that model as a file that can be changed and given back.

      EXAMPLES
        ketwork device-models
        ketwork device-models --json
        ketwork device-models --noise-model manila > manila.json

      JSON
        One array, one object a device: name, qubits, source, license, calibrated, basis_gates, coupling (pairs of qubits), median_errors \
      {one_qubit, two_qubit, readout}, median_seconds {t1, t2}, and notes, a line for each figure of the calibration that was missing or that \
      no device can have, and what is taken in its place.

      EXIT STATUS
        0   listed
        64  wrong usage, or no device of that name
      """)

  @Option(name: .customLong("noise-model"), help: "Print the noise model of a device, as JSON.")
  var noiseModel: String?

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    if let noiseModel {
      return Terminal.standardOutput.write(try DeviceModel.named(noiseModel).noiseModel().json())
    }
    let reports = try DeviceModel.names.map { DeviceModelReport(try DeviceModel.named($0)) }
    let style = Style(isColored: Terminal.standardOutput.wantsColor)
    Terminal.standardOutput.write(json ? try ReportJSON.text(reports) : DeviceModelReport.table(reports, style: style))
  }
}
