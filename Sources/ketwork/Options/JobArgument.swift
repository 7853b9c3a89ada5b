internal import ArgumentParser
internal import Protocol

/// A job's id on the command line.
struct JobArgument: ParsableArguments {
  @Argument(help: "The job's id, as submit printed it.")
  var job: String

  var id: JobID {
    get throws {
      guard let id = JobID(job) else {
        throw ValidationError("'\(job)' is no job id; 26 letters and digits, as submit prints them, are accepted.")
      }
      return id
    }
  }

  mutating func validate() throws { _ = try id }
}
