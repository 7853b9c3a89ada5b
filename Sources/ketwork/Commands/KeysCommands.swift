internal import ArgumentParser
internal import ZeroMQ

/// `ketwork keys create`.
struct KeysCreate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Make a folder with a broker's pair, a first client's and a first worker's, and the list of who may connect.",
    discussion: """
      EXIT STATUS
        0 success; 64 wrong usage; 73 the folder has a broker's key already, others may look into it, or it cannot be written.
      """)

  @OptionGroup var folder: KeyFolderArgument
  @Option(help: "Whose jobs the first client sees.") var tenant = KeyFolder.defaultTenant

  mutating func run() async throws {
    try folder.folder.create(tenant: tenant)
    let path = folder.path
    Terminal.standardOutput.write(
      """
      \(path)/broker.key       the broker's pair: stays with the broker
      \(path)/authorized.json  who may connect: stays with the broker
      \(path)/broker.pub       goes with every client and worker
      \(path)/client.key       a first client, of tenant \(tenant)
      \(path)/worker.key       a first worker

      """)
  }
}

/// `ketwork keys add`.
struct KeysAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Make a pair for a client or worker and let it in.",
    discussion: """
      A name may have several keys, of one role and tenant: to replace one, add a second, hand it out, then revoke the first. Its file \
      is NAME.key, or NAME-2.key where that is there.

      EXIT STATUS
        0 success, the file is printed; 64 wrong usage; 65 the name is of another role or tenant; 66 no folder of keys; 73 not written.
      """)

  @OptionGroup var folder: KeyFolderArgument
  @Argument(help: "Whom the key belongs to.") var name: String
  @OptionGroup var holder: KeyHolderOptions

  mutating func run() async throws {
    let file = try folder.folder.add(name: name, role: holder.role, tenant: holder.tenant)
    Terminal.standardOutput.write(file + "\n")
  }
}

/// `ketwork keys generate`.
struct KeysGenerate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Make a pair where it will be used, for a broker elsewhere to let in.",
    discussion: """
      Its secret goes nowhere: give NAME.pub, or the public key that is printed, to whoever runs the broker, for `ketwork keys \
      authorize`, and put the broker's broker.pub into the folder.

      EXIT STATUS
        0 success; 64 wrong usage; 73 there is such a key already, others may look into the folder, or it cannot be written.
      """)

  @OptionGroup var folder: KeyFolderArgument
  @Argument(help: "The key's name; client and worker are those used by default.") var name: String

  mutating func run() async throws {
    Terminal.standardOutput.write(try folder.folder.generate(name: name).z85 + "\n")
  }
}

/// `ketwork keys authorize`.
struct KeysAuthorize: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "authorize",
    abstract: "Let in a key that was made elsewhere.",
    discussion: """
      EXAMPLES
        ketwork keys authorize keys carol.pub --name carol --role client --tenant lab

      EXIT STATUS
        0 success; 64 wrong usage; 65 not a public key, or one that is listed already; 66 no such file; 73 not written.
      """)

  @OptionGroup var folder: KeyFolderArgument
  @Argument(help: ArgumentHelp("The public key, or the file that has it.", valueName: "public-key|file")) var publicKey: String
  @Option(help: "Whom the key belongs to.") var name: String
  @OptionGroup var holder: KeyHolderOptions

  mutating func run() async throws {
    // What is no key is the name of a file.
    let key = try (try? CurvePublicKey(z85: publicKey)) ?? KeyFile.publicKey(at: publicKey)
    try folder.folder.authorize(key, name: name, role: holder.role, tenant: holder.tenant)
  }
}

/// `ketwork keys list`.
struct KeysList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the keys that a broker lets in, and those that were revoked.",
    discussion: """
      With --json, the list as docs/schemas/authorized-keys-1.schema.json describes it.

      EXIT STATUS
        0 success; 65 the list is not valid, or others may write it; 66 there is none.
      """)

  @OptionGroup var folder: KeyFolderArgument
  @Flag(help: "Print JSON.") var json = false

  mutating func run() async throws {
    let list = try folder.folder.list()
    _ = try list.authorized(path: folder.folder.authorizedPath)
    if json { return try ResultPrinter.printJSON(list) }
    let rows = list.keys.map { [$0.name, $0.role.rawValue, $0.tenant, $0.publicKey, $0.added, $0.revoked ?? "–"] }
    let table = TextTable(header: ["NAME", "ROLE", "TENANT", "PUBLIC KEY", "ADDED", "REVOKED"], rows: rows, numeric: [])
    Terminal.standardOutput.write(table.text(Style(isColored: Terminal.standardOutput.wantsColor)))
  }
}

/// `ketwork keys revoke`.
struct KeysRevoke: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Let a key in no more: a running broker cuts off whoever holds it.",
    discussion: """
      A key is revoked for good; its holder gets a new one. Revoking it again changes nothing. A public key that begins with '-' \
      is given after `--`.

      EXIT STATUS
        0 revoked, now or before; 64 the name has several keys; 65 no such key; 66 no folder of keys; 73 not written.
      """)

  @OptionGroup var folder: KeyFolderArgument
  @Argument(help: ArgumentHelp("Whose key, or which.", valueName: "name|public-key")) var word: String
  @Flag(help: "Revoke all keys of the name.") var all = false

  mutating func run() async throws {
    for entry in try folder.folder.revoke(word, all: all) {
      Terminal.standardOutput.write("revoked \(entry.name) \(entry.publicKey)\n")
    }
  }
}
