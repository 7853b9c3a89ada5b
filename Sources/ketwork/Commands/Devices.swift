internal import ArgumentParser
internal import Simulator

/// `ketwork devices`: what can run here.
struct Devices: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the devices of this machine that circuits can run on.",
    discussion: """
      For each device: the name that --device takes, the memory that a state may take, the most qubits that fit it in single and in \
      double precision, the processor, and what drives it: the instruction set of the CPU kernels, or the OpenCL platform and driver. \
      The first device is always the CPU; OpenCL devices follow in the order of their platforms.

      With --measure the speed at which each device reads and writes a large state in place is measured, in under a second a device \
      once its kernels are built. KETWORK_CPU_KERNELS and KETWORK_THREADS change what the CPU uses.

      EXAMPLES
        ketwork devices
        ketwork devices --measure
        ketwork devices --json

      JSON
        One array, one object a device: device, name, software, precisions, memory_bytes, largest_qubits {single, double}, and with \
      --measure bytes_per_second, read and written together. A precision that a device does not have has 0 qubits.

      EXIT STATUS
        0   listed
        64  wrong usage
        69  a device failed while it was measured
      """)

  @Flag(help: "Measure each device's memory bandwidth.")
  var measure = false

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let reports = try BenchDevice.all().map { device in
      let canRun = device.facts.largestQubitCount(.single) > 0
      return DeviceReport(device.facts, bytesPerSecond: measure && canRun ? try device.bandwidth() : nil)
    }
    let style = Style(isColored: Terminal.standardOutput.wantsColor)
    Terminal.standardOutput.write(json ? try DeviceReport.json(reports) : DeviceReport.table(reports, style: style))
  }
}
