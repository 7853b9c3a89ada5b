internal import ArgumentParser
internal import FoundationEssentials
internal import ZeroMQ

/// The folder of keys that a service of its own takes.
struct KeyFolderOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A folder of keys, as `ketwork keys create` makes it. Default: KETWORK_KEYS; without either, no keys.", valueName: "dir"))
  var keys: String?

  /// The folder that the option or the environment names; nil if neither does.
  var folder: KeyFolder? {
    let path = keys ?? ProcessInfo.processInfo.environment["KETWORK_KEYS"] ?? ""
    return path.isEmpty ? nil : KeyFolder(path: path)
  }

  /// Refuses endpoints that others could reach, where nobody would have to prove who they are.
  func validate(listeningAt endpoints: [String]) throws {
    guard folder == nil, let endpoint = endpoints.first(where: Endpoint.isReachableFromElsewhere) else { return }
    throw ValidationError(
      """
      \(endpoint) can be reached from other machines, and without keys whoever reaches it could submit jobs and read results. \
      Make keys with `ketwork keys create DIR` and give --keys DIR, or listen at tcp://127.0.0.1:PORT or ipc://PATH.
      """)
  }
}

/// The key that a peer of a broker takes.
struct KeyOptions: ParsableArguments {
  @OptionGroup var folderOption: KeyFolderOption

  @Option(help: ArgumentHelp("Which key of the folder: NAME.key. Default: client, and worker for workers.", valueName: "name"))
  var key: String?

  /// How a peer proves itself; nothing without a folder.
  func security(role: KeyRole) throws -> SocketSecurity {
    guard let folder = folderOption.folder else { return .none }
    let name = key ?? role.rawValue
    try KeyName.check(name, "--key")
    return try folder.security(key: name)
  }
}
