import ArgumentParser

@main
struct Ketwork: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ketwork", abstract: "Run quantum circuits on any device, and submit batches of them over ZeroMQ.")
}
