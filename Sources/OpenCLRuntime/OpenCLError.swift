/// What went wrong between this process and an OpenCL driver.
package struct OpenCLError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A stable name of the kind of failure; new ones may appear.
  package struct Code: RawRepresentable, Hashable, Sendable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    /// No OpenCL library could be opened, or this build has none.
    package static let noLibrary = Code(rawValue: "no_opencl_library")
    /// The program's source does not compile; the message holds the build log.
    package static let buildFailure = Code(rawValue: "build_failure")
    /// The device or the host has too little memory for the request.
    package static let outOfMemory = Code(rawValue: "out_of_device_memory")
    /// The driver refused an argument: our bug, or a driver's.
    package static let invalidRequest = Code(rawValue: "invalid_request")
    /// Any other failure that the driver reported.
    package static let deviceFailure = Code(rawValue: "device_failure")
  }

  /// The kind of failure.
  package var code: Code
  /// What was attempted, with which values, and what would be accepted.
  package var message: String
  /// The raw status, for the specification's tables; 0 where none was returned.
  package var status: Int32

  package init(_ code: Code, _ message: String, status: Int32 = 0) {
    self.code = code
    self.message = message
    self.status = status
  }

  package var description: String { "\(message) [\(code.rawValue)]" }
}

/// Turns a status into an error, the only place where that happens.
///
/// - Parameters:
///   - status: What an OpenCL function returned.
///   - operation: The function's name, as the specification has it.
/// - Throws: ``OpenCLError`` unless the status is `CL_SUCCESS`.
func check(_ status: Int32, _ operation: StaticString) throws(OpenCLError) {
  guard status != Status.success else { return }
  let code: OpenCLError.Code =
    switch status {
    case Status.memoryObjectAllocationFailure, Status.outOfResources, Status.outOfHostMemory, Status.invalidBufferSize: .outOfMemory
    case Status.buildProgramFailure, Status.compileProgramFailure, Status.linkProgramFailure: .buildFailure
    case ...Status.firstInvalidRequest: .invalidRequest
    default: .deviceFailure
    }
  throw OpenCLError(code, "\(operation) failed with OpenCL status \(status)", status: status)
}
