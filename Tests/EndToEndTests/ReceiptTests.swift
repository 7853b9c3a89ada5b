import Foundation
import Testing

/// Receipts and audits as their user meets them: keys, a broker that demands receipts, files, verification.
@Suite("receipts on the command line", .serialized) struct ReceiptCommandTests {
  @Test("a signed job verifies from the broker and from files, and nothing that was changed does", .tags(.process))
  func verify() throws {
    let scratch = try Scratch(["bell.qasm": Sources.bell])
    let key = scratch.path("worker.key")
    let made = try CommandLineTool.run(["keys", "signing", key])
    try #require(made.status == 0, "\(made.errors)")
    let trusted = try scratch.write("trusted", "# keys to trust\n" + made.output)
    #expect(try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? Int == 0o600)
    let broker = try CommandLineTool.start(
      ["broker", "--bind", "tcp://127.0.0.1:*", "--require-receipts", "--signing-keys", trusted, "--audit", "1"])
    let line = try broker.line { $0.contains("tcp://") }
    let environment = ["KETWORK_BROKER": String(line[line.range(of: "tcp://")!.lowerBound...].prefix { !$0.isWhitespace })]
    func run(_ arguments: String...) throws -> CommandLineTool.Outcome {
      try CommandLineTool.run(arguments, environment: environment)
    }
    let worker = try CommandLineTool.start(["worker", "--device", "cpu", "--signing-key", key], environment: environment)
    let fingerprint = made.output.prefix(64)
    _ = try worker.line { $0.contains("ready") && $0.contains(fingerprint) }
    let submitted = try run("submit", "--detach", "--json", scratch.path("bell.qasm"), "--shots", "100", "--seed", "11")
    let receipt = try JSONSerialization.jsonObject(with: Data(submitted.output.utf8)) as? [String: Any]
    let job = try #require(receipt?["job"] as? String)
    let (file, results) = (scratch.path("receipts.json"), scratch.path("results.json"))
    let result = try run("result", job, "--json", "--receipts", file)
    try #require(result.status == 0, "\(result.errors)")
    try scratch.write("results.json", result.output)

    let live = try run("verify", job, "--trusted", trusted, "--json")
    #expect(live.status == 0, "\(live.errors)")
    try SchemaFile.check(live.output, "verification-1.schema.json")
    let report = try JSONSerialization.jsonObject(with: Data(live.output.utf8)) as? [String: Any]
    #expect(report?["valid"] as? Bool == true && report?["seeds"] as? [String] == ["11"])
    let text = try String(contentsOfFile: file, encoding: .utf8)
    try SchemaFile.check(text, "receipts-1.schema.json")
    #expect(try run("verify", results, "--receipts", file, "--trusted", trusted).status == 0)

    // Results that say something else than what was signed; receipts of another job; a key that nobody trusts.
    let lie = try scratch.write("lie.json", result.output.replacingOccurrences(of: #""00":"#, with: #""00":1"#))
    let lied = try run("verify", lie, "--receipts", file, "--trusted", trusted)
    #expect(lied.status == 65 && lied.output.contains("other_result"), "\(lied.output)")
    let other = try scratch.write("other.json", text.replacingOccurrences(of: job, with: "01" + String(repeating: "0", count: 24)))
    #expect(try run("verify", "--receipts", other, "--trusted", trusted).output.contains("other_job"))
    let strangers = try scratch.write("strangers", String(repeating: "ab", count: 32) + " nobody\n")
    #expect(try run("verify", job, "--trusted", strangers).output.contains("untrusted_key"))
    #expect(try run("verify", job, "--any-key").status == 0)
    #expect(try run("verify", job, "--any-key", "--binaries", strangers).output.contains("unknown_binary"))
    #expect(try run("verify", job).status == 64)

    var audits = try run("audits", "--json")
    for _ in 0..<100 where !audits.output.contains(#""matching" : 1"#) { audits = try run("audits", "--json") }
    #expect(audits.status == 0 && audits.output.contains(#""matching" : 1"#), "\(audits.output)")
    try SchemaFile.check(audits.output, "audits-1.schema.json")
    for service in [worker, broker] {
      service.signal(SIGTERM)
      #expect(try service.finish().status == 0)
    }
  }

  @Test("a signing key that others may read, or that is none, is refused without a word of what is in it", .tags(.process))
  func keyFiles() throws {
    let scratch = try Scratch()
    let key = scratch.path("worker.key")
    let made = try CommandLineTool.run(["keys", "signing", key])
    let secret = try #require(try String(contentsOfFile: key, encoding: .utf8).split(separator: " ").last).prefix(64)
    #expect(secret.count == 64 && !made.output.contains(secret))
    // Not made anew: the same fingerprint.
    #expect(try CommandLineTool.run(["keys", "signing", key]).output == made.output)
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
    let open = try CommandLineTool.run(["worker", "--signing-key", key])
    #expect(open.status == 66 && open.errors.contains("chmod 600") && !open.errors.contains(secret))
    let broken = try scratch.write("broken.key", "ketwork-signing-key-1 \(secret)00\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: broken)
    let refused = try CommandLineTool.run(["worker", "--signing-key", broken])
    #expect(refused.status == 65 && !refused.errors.contains(secret.prefix(16)))
    #expect(try CommandLineTool.run(["worker", "--signing-key", scratch.path("none.key")]).status == 66)
    #expect(try CommandLineTool.run(["broker", "--audit", "1.5"]).status == 64)
  }
}

/// The keys of what was printed, against a schema of docs/schemas.
private enum SchemaFile {
  static func check(_ text: String, _ name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/schemas")
    let schema = try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appending(path: name)))
    compare(try JSONSerialization.jsonObject(with: Data(text.utf8)), try #require(schema as? [String: Any]), path: name)
  }

  private static func compare(_ value: Any, _ schema: [String: Any], path: String) {
    if let list = value as? [Any] {
      for item in list { compare(item, schema["items"] as? [String: Any] ?? [:], path: path + "[]") }
    } else if let fields = value as? [String: Any] {
      let known = schema["properties"] as? [String: Any] ?? [:]
      for key in schema["required"] as? [String] ?? [] { #expect(fields[key] != nil, "\(path): no key \(key)") }
      for (key, field) in fields {
        #expect(known[key] != nil, "\(path): the schema does not know \(key)")
        compare(field, known[key] as? [String: Any] ?? [:], path: path + "." + key)
      }
    } else if let text = value as? String, let pattern = schema["pattern"] as? String {
      #expect(text.range(of: pattern, options: .regularExpression) != nil, "\(path): \(text) is not \(pattern)")
    }
  }
}
