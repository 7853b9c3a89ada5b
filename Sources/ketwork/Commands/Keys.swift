internal import ArgumentParser

/// `ketwork keys`: the folder that says who may connect to a broker.
struct Keys: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make, list and revoke the keys by which a broker and its peers know each other.",
    discussion: """
      EXAMPLES
        ketwork keys create keys                                  # a broker's pair, a first client's and a first worker's
        ketwork broker --bind tcp://10.0.0.5:7711 --keys keys
        scp keys/broker.pub keys/worker.key node1:keys/           # a peer needs these two; its folder is for its owner alone
        ketwork keys add keys alice --role client --tenant lab    # another client, with jobs of its own
        ketwork keys revoke keys alice                            # cut off within seconds, connections included
        ketwork keys signing worker.signing                       # a worker's key for receipts of results

      A running broker follows every change. docs/security.md says more.
      """,
    subcommands: [
      KeysCreate.self, KeysAdd.self, KeysGenerate.self, KeysAuthorize.self, KeysList.self, KeysRevoke.self,
      KeysSigning.self,
    ])
}

/// The folder that a subcommand works on.
struct KeyFolderArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("The folder of keys.", valueName: "dir")) var path: String

  var folder: KeyFolder { KeyFolder(path: path) }
}

/// Of whom and for whom a key is.
struct KeyHolderOptions: ParsableArguments {
  @Option(help: ArgumentHelp("What its holder is.", valueName: "client|worker")) var role: KeyRole
  @Option(help: "Whose jobs a client sees; workers serve all tenants.") var tenant = KeyFolder.defaultTenant
}

extension KeyRole: ExpressibleByArgument {}

extension KeyFolder {
  /// Whose jobs a client sees if nobody says otherwise.
  static let defaultTenant = "default"
}
