import Foundation
import FoundationNetworking
import Glibc
import ZeroMQ

/// A Monero node of a chain of its own, on this machine alone: a peer whose use of libzmq nobody here wrote.
///
/// It answers JSON-RPC over a ZeroMQ REP socket and over HTTP, and publishes new blocks over a PUB socket.
final class Monerod {
  /// A node that does not answer by then is a failure of its test.
  static let patience = Duration.seconds(60)
  /// Somebody else may take a port between its choice and its use; then the node ends, and is started on others.
  private static let attemptCount = 3
  /// Whom the blocks pay: the Monero project, which gets nothing of a chain that ends with the test.
  private static let address =
    "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A"

  /// The file to run, if it is installed.
  static let executable = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/monerod" }
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  let requestEndpoint: String
  let publicationEndpoint: String
  private let http: URL
  private let folder: Scratch
  private let process: ChildProcess

  /// A node that answers over HTTP.
  static func start() async throws -> Monerod {
    for attempt in 1... {
      let node = try Monerod()
      do {
        try await node.waitUntilReady()
        return node
      } catch  where attempt < attemptCount {
        continue
      }
    }
    preconditionFailure("attempts without end")
  }

  private init() throws {
    guard let executable = Self.executable else { throw CommandLineTool.Trouble("no monerod on PATH") }
    let ports = try Self.freePorts(4)
    folder = try Scratch(["input": ""])
    requestEndpoint = "tcp://127.0.0.1:\(ports[0])"
    publicationEndpoint = "tcp://127.0.0.1:\(ports[1])"
    http = URL(string: "http://127.0.0.1:\(ports[2])/json_rpc")!
    process = try ChildProcess(
      executable,
      [
        "--regtest", "--offline", "--fixed-difficulty", "1", "--non-interactive", "--igd", "disabled", "--disable-dns-checkpoints",
        "--max-concurrency", "1", "--data-dir", folder.path("data"), "--log-file", folder.path("log"),
        "--zmq-rpc-bind-port", "\(ports[0])", "--zmq-pub", publicationEndpoint, "--rpc-bind-port", "\(ports[2])",
        "--p2p-bind-port", "\(ports[3])",
      ], environment: ["HOME": folder.folder.path], input: folder.path("input"), errors: folder.path("errors"))
  }

  deinit {
    // It has nothing to say goodbye to; the process is waited for, so that its folder can go.
    process.signal(SIGKILL)
    _ = process.wait()
  }

  private func waitUntilReady() async throws {
    let end = ContinuousClock.now + Self.patience
    while true {
      do {
        _ = try await ask("get_block_count")
        return
      } catch  where ContinuousClock.now < end && isRunning {
        try await Task.sleep(for: .milliseconds(50))
      }
    }
  }

  private var isRunning: Bool { process.isRunning }

  /// Asks over HTTP; the result as JSON.
  func ask(_ method: String, _ parameters: [String: Any] = [:]) async throws -> [String: Any] {
    var request = URLRequest(url: http, timeoutInterval: 20)
    request.httpMethod = "POST"
    request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    request.httpBody = try Self.question(method, parameters)
    let (data, _) = try await URLSession.shared.data(for: request)
    return try Self.result(data)
  }

  /// Adds a block to the chain; its identity.
  func generateBlock() async throws -> String {
    let result = try await ask("generateblocks", ["amount_of_blocks": 1, "wallet_address": Self.address])
    guard let blocks = result["blocks"] as? [String], blocks.count == 1 else {
      throw CommandLineTool.Trouble("no block: \(result)")
    }
    return blocks[0]
  }

  /// A JSON-RPC request.
  static func question(_ method: String, _ parameters: [String: Any] = [:]) throws -> Data {
    try JSONSerialization.data(withJSONObject: ["jsonrpc": "2.0", "id": "7", "method": method, "params": parameters])
  }

  /// The result of a JSON-RPC answer, or its error.
  static func result(_ data: Data) throws -> [String: Any] {
    let answer = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    guard answer?["id"] as? String == "7", let result = answer?["result"] as? [String: Any] else {
      throw CommandLineTool.Trouble("no result: \(String(decoding: data, as: UTF8.self))")
    }
    return result
  }

  /// Ports that nobody listens at, all different: each is held until the last is found.
  private static func freePorts(_ count: Int) throws -> [Int] {
    var sockets: [Int32] = []
    defer { for socket in sockets { close(socket) } }
    return try (0..<count).map { _ in
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      sockets.append(descriptor)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
          unsafe bind(descriptor, address, length) < 0 ? -1 : getsockname(descriptor, address, &length)
        }
      }
      guard status == 0 else { throw CommandLineTool.Trouble("no free port: error \(errno)") }
      return Int(UInt16(bigEndian: address.sin_port))
    }
  }
}
