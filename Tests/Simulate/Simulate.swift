internal import BrokerSimulation
internal import Foundation

/// Runs worlds of the broker's simulation, one a seed, and prints the seeds of those in which a promise was broken.
///
///     simulate FIRST COUNT STEP        seeds FIRST, FIRST + STEP and so on, of the COUNT seeds from FIRST on
///
/// The last line is a summary. Exits with 1 if a promise was broken, with 64 when called wrongly.
@main
struct Simulate {
  static func main() throws {
    let numbers = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
    guard numbers.count == 3, CommandLine.arguments.count == 4, numbers[2] > 0 else {
      FileHandle.standardError.write(Data("usage: simulate FIRST COUNT STEP, as scripts/simulate does\n".utf8))
      exit(64)
    }
    var (failed, steps, jobs, storeFailures, count) = (0, 0, 0, 0, 0)
    for seed in stride(from: numbers[0], to: numbers[0] + numbers[1], by: Int(numbers[2])) {
      let world = try World.run(seed: seed)
      count += 1
      steps += world.stepCount
      jobs += world.checker.jobCount
      storeFailures += world.storeFailures.values.reduce(0, +)
      guard !world.checker.failures.isEmpty else { continue }
      failed += 1
      // At once as well: a long run may be ended before its end.
      FileHandle.standardError.write(Data("a promise was broken with seed \(seed)\n".utf8))
      for failure in world.checker.failures.prefix(3) { print("seed \(seed): \(failure)") }
    }
    print(
      "\(count) worlds, \(jobs) jobs, \(storeFailures) commits that failed, \(steps) steps, \(failed) worlds with a broken promise")
    exit(failed == 0 ? 0 : 1)
  }
}
