internal import FoundationEssentials
internal import Logging
internal import Simulator
internal import Worker

/// Makes the slots of workers from device names.
enum WorkerFactory {
  /// The slots for a device option: all devices for `auto`, else those it names.
  static func slots(device: String) throws -> [DeviceSlot] {
    try DeviceSlot.simulator(device)
  }

  /// A name that tells workers apart: host and process.
  static func name(_ suffix: String = "") -> String {
    ProcessInfo.processInfo.hostName + "-" + String(ProcessInfo.processInfo.processIdentifier) + suffix
  }
}

/// Loggers that write to standard error.
enum Log {
  static func logger(_ label: String, _ options: LogOptions.LogLevel) -> Logger {
    var logger = Logger(label: label) { StreamLogHandler.standardError(label: $0) }
    logger.logLevel =
      switch options {
      case .debug: .debug
      case .info: .info
      case .warning: .warning
      case .error: .error
      }
    return logger
  }
}
