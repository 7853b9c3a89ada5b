internal import ArgumentParser
internal import Simulator

/// `ketwork devices`: what can run here.
struct Devices: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the devices of this machine that circuits can run on, and what was measured of each.",
    discussion: """
      For each device: the name that --device takes, the memory that a state may take, the most qubits that fit it in single and in \
      double precision, the processor, and what drives it: the instruction set of the CPU kernels, or the OpenCL platform and driver. \
      The first device is always the CPU; OpenCL devices follow in the order of their platforms.

      Below, for each device and precision: the bytes in a second that are read and written when a large state is changed in place, the \
      floating-point operations in a second of multiply-adds that stay in registers, and what the parts of a pass over tiles in the cache \
      take in picoseconds an amplitude on all threads together: loading and storing a block of operations, and what a rotation, a 4×4 \
      matrix and a table of factors add to it. A device that takes no tiles does each as a sweep of its own.

      These figures are measured once, in under a second a device once its kernels are built, and kept in $XDG_CACHE_HOME/ketwork or \
      ~/.cache/ketwork, until the processor, the driver, the kernels, their instruction set or the number of threads change. --measure \
      measures them anew; measure while nothing else runs. KETWORK_CPU_KERNELS and KETWORK_THREADS change what the CPU uses.

      EXAMPLES
        ketwork devices
        ketwork devices --measure
        ketwork devices --json

      JSON
        One array, one object a device: device, name, software, precisions, memory_bytes, largest_qubits {single, double}, \
      bytes_per_second, and measured, a list with an object a precision: precision, bytes_per_second, operations_per_second, \
      seconds_per_amplitude {load_and_store, rotation, matrix, table}, measured_at. A precision that a device does not have has 0 qubits.

      EXIT STATUS
        0   listed
        64  wrong usage
        69  a device failed while it was measured
      """)

  @Flag(help: "Measure the devices anew, even if figures are kept.")
  var measure = false

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let calibrator = Calibrator.standard
    var failures = Set<String>()
    let reports = try BenchDevice.all().map { device in
      let outcomes = try Precision.allCases.filter { device.facts.largestQubitCount($0) > 0 }.map {
        try device.calibration($0, by: calibrator, isForced: measure)
      }
      failures.formUnion(outcomes.compactMap(\.failure?.message))
      return DeviceReport(device.facts, outcomes.map(\.calibration))
    }
    let style = Style(isColored: Terminal.standardOutput.wantsColor)
    Terminal.standardOutput.write(json ? try DeviceReport.json(reports) : DeviceReport.table(reports, style: style))
    for failure in failures.sorted() { Terminal.standardError.write("ketwork: \(failure)\n") }
  }
}
