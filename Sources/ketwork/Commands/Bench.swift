internal import ArgumentParser

/// Measurements; each is a subcommand.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure how fast this machine simulates.",
    discussion: """
      Every benchmark prints a table, and writes its figures as CSV or JSON where asked. Measure release builds on a machine \
      that does nothing else.
      """,
    subcommands: [
      BenchScaling.self, BenchPasses.self, BenchCircuits.self, BenchBatch.self, BenchGradient.self, BenchNoise.self,
      BenchBroker.self,
    ])
}
