import Foundation
import TestSupport

/// What goes wrong, one thing at a time.
enum SoakFault: String, CaseIterable {
  case killBroker, restartBroker, pauseBroker, killWorker, restartWorker, pauseWorker, pauseWorkerPastLease
  case reset, blackhole, delay, slice, keepOpen

  /// How often each is drawn: memory has to have time to grow between the broker's ends.
  var weight: Int {
    switch self {
    case .killBroker, .restartBroker, .pauseWorkerPastLease: 1
    case .pauseBroker, .blackhole, .delay, .slice, .keepOpen: 4
    case .killWorker, .restartWorker, .pauseWorker, .reset: 10
    }
  }

  static func random(_ random: inout SplitMix) -> SoakFault {
    allCases.flatMap { Array(repeating: $0, count: $0.weight) }.randomElement(using: &random)!
  }

  /// Makes it happen, and puts it right.
  func strike(_ site: SoakSite, _ random: inout SplitMix) throws {
    let index = Int.random(in: 0..<site.workers.count, using: &random)
    switch self {
    case .killBroker: try site.restartBroker(SIGKILL)
    case .restartBroker: try site.restartBroker(SIGTERM)
    case .pauseBroker: pause(site.broker, Double.random(in: 0.1...8, using: &random))
    case .killWorker: try site.restartWorker(index, SIGKILL)
    case .restartWorker: try site.restartWorker(index, SIGTERM)
    case .pauseWorker: pause(site.workers[index], Double.random(in: 0.1...4, using: &random))
    case .pauseWorkerPastLease: pause(site.workers[index], 17)
    case .reset: (Bool.random(using: &random) ? site.clients : site.network).reset()
    case .blackhole, .delay, .slice, .keepOpen: disturb(Bool.random(using: &random) ? site.clients : site.network, &random)
    }
  }

  private func disturb(_ network: FaultProxy, _ random: inout SplitMix) {
    let directions: [Set<FaultProxy.Direction>] = [[.toBroker], [.fromBroker], [.toBroker, .fromBroker]]
    switch self {
    case .blackhole: network.set(.blackhole(directions.randomElement(using: &random)!))
    case .delay: network.set(.delay(milliseconds: UInt32.random(in: 1...200, using: &random)))
    case .slice: network.set(.slice)
    default: network.set(.keepOpen)
    }
    Thread.sleep(forTimeInterval: Double.random(in: 0.1...8, using: &random))
    network.set(.none)
    if self == .keepOpen { network.reset() }
  }

  private func pause(_ process: CommandLineTool.Running, _ seconds: Double) {
    process.signal(SIGSTOP)
    Thread.sleep(forTimeInterval: seconds)
    process.signal(SIGCONT)
  }
}
