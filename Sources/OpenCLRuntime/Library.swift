internal import FoundationEssentials

/// libOpenCL as this process found it: opened once, on first use, and never closed.
package final class Library: Sendable {
  /// The environment variable that names the library to open in place of the system's.
  package static let pathVariable = "KETWORK_OPENCL_LIBRARY"

  /// The process's library, or why there is none.
  package static let shared: Result<Library, OpenCLError> = {
    let override = ProcessInfo.processInfo.environment[pathVariable]
    do throws(OpenCLError) {
      return .success(try Library(paths: override.map { [$0] } ?? defaultPaths))
    } catch {
      return .failure(error)
    }
  }()

  let table: FunctionTable

  /// Opens the first of `paths` that loads and has every function of OpenCL 1.2 that is used here.
  ///
  /// - Throws: ``OpenCLError`` with code `no_opencl_library`.
  package init(paths: [String]) throws(OpenCLError) {
    table = try FunctionTable(symbols: SymbolSource(paths: paths))
  }

  #if canImport(Darwin)
    private static let defaultPaths = ["/System/Library/Frameworks/OpenCL.framework/OpenCL"]
  #else
    private static let defaultPaths = ["libOpenCL.so.1", "libOpenCL.so"]
  #endif
}
