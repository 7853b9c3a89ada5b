internal import ArgumentParser

/// How benchmarks of passes and circuits hand out their figures.
struct FigureOutput: ParsableArguments {
  @Option(help: ArgumentHelp("Write the figures to a CSV file.", valueName: "file"), completion: .file(extensions: ["csv"]))
  var csv: String?

  @Flag(help: "Print JSON in place of the tables.")
  var json = false
}
