internal import ArgumentParser
internal import Broker
internal import Circuits
internal import Client
internal import FoundationEssentials
internal import OpenQASM
internal import Protocol
internal import Simulator
internal import Transpiler

/// An error of the command line itself, with the exit status of sysexits.h that it means.
struct Failure: Error, CustomStringConvertible {
  /// Exit statuses, after sysexits.h.
  enum Status: Int32 {
    case usage = 64
    case invalidData = 65
    case noInput = 66
    case unavailable = 69
    case software = 70
    case cannotCreate = 73
    case inputOutput = 74
    case tryAgain = 75
    case interrupted = 130
  }

  var status: Status
  var description: String

  init(_ status: Status, _ description: String) {
    self.status = status
    self.description = description
  }

  /// Prints an error and leaves with its status.
  static func exit(with error: any Error) -> Never {
    let failure = from(error)
    guard let failure else { Ketwork.exit(withError: error) }
    Terminal.standardError.write("ketwork: " + failure.description + "\n")
    Ketwork.exit(withError: ExitCode(failure.status.rawValue))
  }

  /// The failure that an error means; nil for those of the argument parser, which prints them itself.
  static func from(_ error: any Error) -> Failure? {
    switch error {
    case let failure as Failure: failure
    case let error as OpenQASMError: Failure(.invalidData, "the circuit is not valid\n\(error)")
    case let error as CircuitError: Failure(error.code == .unknownDevice ? .usage : .invalidData, error.message)
    case let error as TranspilerError: Failure(error.code == .invalidTarget ? .usage : .invalidData, error.message)
    case let error as SimulatorError: Failure(status(of: error.code), error.message)
    case let error as ProtocolError: Failure(.invalidData, "\(error)")
    case let error as BrokerError: Failure(status(of: error.code), error.message)
    case let error as ClientError: Failure(status(of: error), "\(error)")
    case is CancellationError: Failure(.interrupted, "interrupted")
    case let code as ExitCode where code.rawValue != 0: nil
    default: isParserError(error) ? nil : Failure(.software, "unexpected error: \(error)")
    }
  }

  private static func status(of code: SimulatorError.Code) -> Status {
    switch code {
    case .unknownDevice: .usage
    case .deviceFailure: .unavailable
    case .cancelled: .interrupted
    default: .invalidData
    }
  }

  private static func status(of code: BrokerError.Code) -> Status {
    switch code {
    case .storeDamaged, .storeVersion: .invalidData
    case .storage: .inputOutput
    case .storeInUse, .deposed, .notBuiltIn, .socket: .unavailable
    case .invalidStore: .usage
    default: .software
    }
  }

  private static func status(of error: ClientError) -> Status {
    switch error.code {
    case .unreachable, .closed, .unauthorized, .handshakeFailed: .unavailable
    case .invalidArgument: .usage
    case .timedOut, .tooManyCalls: .tryAgain
    default: error.retryAfter == nil ? .invalidData : .tryAgain
    }
  }

  /// Help, completions and wrong usage are errors to the parser, with statuses of their own; all others are plain failures to it.
  private static func isParserError(_ error: any Error) -> Bool { Ketwork.exitCode(for: error) != .failure }
}
