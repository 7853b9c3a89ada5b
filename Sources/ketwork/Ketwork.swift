internal import ArgumentParser
internal import Simulator

/// The root command; each subcommand is a file in Commands.
@main
struct Ketwork: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ketwork",
    abstract: "Run quantum circuits on any device, and submit batches of them over ZeroMQ.",
    discussion: """
      Circuits are OpenQASM 2 or 3 files. Results are printed for people, or as JSON with --json.

      EXIT STATUS
        0   success
        64  wrong usage: an unknown option, device or value
        65  a circuit or data file that is not valid, or that cannot run here
        66  a file that cannot be read
        69  no broker answers at the given URL
        70  a bug of ketwork itself
        73  a file that cannot be written
        75  refused for now; try again later
        130 interrupted

      ENVIRONMENT
        KETWORK_BROKER        the default of --broker
        KETWORK_KEYS          the default of --keys
        KETWORK_THREADS       threads a CPU simulation uses; default: all cores
        KETWORK_CPU_KERNELS   force an instruction set: scalar, avx2, avx512, neon
        KETWORK_OPENCL_CACHE  0: keep no compiled kernels on disk; 1: those for processors too; default: GPUs only
        NO_COLOR              print without colours
      """,
    version: "ketwork 0.1.0",
    subcommands: [
      Run.self, Submit.self, Up.self, BrokerCommand.self, WorkerCommand.self, Devices.self, DeviceModels.self, Transpile.self,
      Status.self,
      ResultCommand.self, Wait.self, Cancel.self, Queue.self, Workers.self, DeadLetters.self, Retry.self, Confirm.self,
      Retract.self, Session.self, Audits.self, Verify.self, Doctor.self, Keys.self, Bench.self,
    ])

  static func main() async {
    HostMemory.keepFreed()
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      Failure.exit(with: error)
    }
  }
}
