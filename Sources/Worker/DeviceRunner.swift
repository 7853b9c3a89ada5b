import Logging
import Protocol
import Simulator
import ZeroMQ

/// One slot's thread and the executor on it.
///
/// The thread is a loop without sockets. It is blocked while a circuit runs, which is what it is for.
actor DeviceRunner {
  nonisolated private let loop: SocketLoop
  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
  private let slot: DeviceSlot
  private let signer: ReceiptSigner?
  private let logger: Logger
  private var executor: (any ItemExecutor)?

  init(_ slot: DeviceSlot, number: Int, signer: ReceiptSigner? = nil, logger: Logger) throws {
    self.slot = slot
    self.signer = signer
    self.logger = logger
    loop = try SocketLoop(name: "device-\(number)")
  }

  /// Makes the device ready.
  func prepare() throws {
    executor = try slot.makeExecutor()
  }

  /// Has a lease executed on the slot's thread; what came of it is told there.
  nonisolated func start(_ work: WorkerState.Work, stop: StopFlag, then tell: @escaping @Sendable (WorkerState.Outcome) -> Void) {
    loop.post { tell(self.assumeIsolated { $0.run(work, stop: stop) }) }
  }

  /// Executes a lease, and encodes and signs its results here, so that the worker's own thread stays free for signs of life.
  private func run(_ work: WorkerState.Work, stop: StopFlag) -> WorkerState.Outcome {
    guard let executor else { preconditionFailure("a slot was given work before it was ready") }
    let start = MonotonicClock.now()
    do throws(ItemError) {
      var results = CircuitResults()
      for item in work.items {
        guard let template = work.templates[item.template] else { preconditionFailure("a lease began without \(item.template)") }
        results.append(contentsOf: try Self.results(of: item, template, executor, stop))
      }
      let bytes = Self.encoded(results)
      let busyTime = MonotonicClock.now() - start
      return .results(bytes, busyTime: busyTime, receipt: receipt(of: bytes, work))
    } catch {
      switch error {
      case .stopped: return .stopped
      case .device(let code, let message): return .failed(code: code, message: message)
      case .circuit: preconditionFailure("an item's failure is its result")
      }
    }
  }

  /// What is signed of results; empty where nothing is. Results that cannot be signed are results all the same: who demands a receipt
  /// refuses them.
  private func receipt(of bytes: [UInt8], _ work: WorkerState.Work) -> [UInt8] {
    guard let signer else { return [] }
    do throws(ProtocolError) { return try signer.receipt(of: bytes, work) } catch {
      logger.error("results not signed", metadata: ["job": "\(work.lease.job)", "error": "\(error)"])
      return []
    }
  }

  private static func results(
    of item: Item, _ template: Template, _ executor: any ItemExecutor, _ stop: StopFlag
  ) throws(ItemError) -> CircuitResults {
    var results: CircuitResults
    do throws(ItemError) {
      results = try executor.execute(item, of: template, stop: stop)
      precondition(results.count == item.rows.count, "an executor gave \(results.count) results for \(item.rows.count) rows")
    } catch {
      guard case .circuit(let failure) = error else { throw error }
      results = CircuitResults(item.rowIndices.map { CircuitResult(item: item.index, row: $0, outcome: .failure(failure)) })
    }
    results.label(.init(of: item))
    return results
  }

  /// The results on the wire; those that do not fit one payload become failures that say so.
  private static func encoded(_ results: CircuitResults) -> [UInt8] {
    let bytes = ResultBody.encode(results)
    guard bytes.count > Protocol.Limits.payloadByteCount else { return bytes }
    var fitting: [UInt8] = []
    // A failure's text is short, so leaving room for one for each result that follows is enough.
    let room = Protocol.Limits.payloadByteCount - results.count * 512
    for result in results {
      let record = ResultBody.encode([result])
      fitting += fitting.count + record.count <= room ? record : ResultBody.encode([tooLarge(result, record.count)])
    }
    return fitting
  }

  private static func tooLarge(_ result: CircuitResult, _ byteCount: Int) -> CircuitResult {
    let message = "the result takes \(byteCount) bytes; the results of one lease may take \(Protocol.Limits.payloadByteCount)"
    return CircuitResult(
      item: result.item, row: result.row, outcome: .failure(CircuitFailure(code: "result_too_large", message: message)))
  }
}

extension Item {
  /// The indices of the rows here, as their job counts them.
  package var rowIndices: Range<Int> { firstRow..<firstRow + rows.count }
}
