/// The bounds of this module, each with its reason.
package enum Limits {
  /// F0 is fixed: four bytes of magic, type, flags, two reserved.
  package static let frameHeaderByteCount = 8
  /// F1 is parsed before anything is known of its sender, so it is small.
  package static let headerByteCount = 16 << 10
  /// One body frame: a transfer over a slow link never outlasts a heartbeat.
  package static let bodyByteCount = 256 << 10
  /// Bodies of one message in all: what a peer can make another hold for one receive.
  package static let messageByteCount = 1 << 20
  /// Body frames of one message; small bodies are allowed, thousands of empty ones are not.
  package static let bodyFrameCount = 32
  /// What the sockets let through in one frame; the largest legal frame is a body.
  package static let socketFrameByteCount = bodyByteCount

  /// A payload put together from BODY messages: a job's items, a lease's results, templates.
  package static let payloadByteCount = 64 << 20
  /// Transfers a peer may have open at once; the oldest gives way.
  package static let openTransferCount = 4
  /// The result of one job; a state vector of 23 qubits is 128 MiB.
  package static let resultByteCount = 256 << 20
  /// Numbers of results that are written as one record of many rows, in bytes: readers hold one such record at least.
  package static let resultRowsByteCount = 256 << 10
  /// How far one FETCH or CREDIT lets a result run ahead of the client.
  package static let resultCreditByteCount = 8 << 20

  /// Items of one job: their records take some tens of megabytes.
  package static let itemCount = 1 << 17
  /// Circuits (items × parameter rows) of one job.
  package static let circuitCount = 1 << 20
  /// Parameters of one circuit; one row then stays under 128 KiB, so any single circuit fits a message.
  package static let parameterCount = 1 << 14
  /// Names of one circuit's parameters together, in bytes.
  package static let parameterNamesByteCount = 256 << 10
  /// Distinct settings and distinct name lists of one job.
  package static let settingsCount = 1 << 10
  /// One settings record on the wire: a Hamiltonian of about ten thousand terms.
  package static let settingsByteCount = 256 << 10
  /// All settings records and name lists of one job on the wire; decoded they take about twenty times that.
  package static let tablesByteCount = 4 << 20
  /// Observables of one item.
  package static let observableCount = 1 << 12
  /// Letters of a Pauli label: a basis state is indexed by one signed word.
  package static let labelCharacterCount = 62
  /// Shots of one circuit.
  package static let shotCount = 1 << 32
  /// Variants that mitigation draws of one circuit: as many as the techniques make.
  package static let mitigationSampleCount = 1 << 20
  /// Circuits that are run for one mitigated value: the variants, and of a regression each once more without noise.
  package static let mitigationVariantCount = 1 << 22
  /// Rotations that training circuits may keep: a circuit of a template's size has no more.
  package static let mitigationRotationCount = 1 << 22
  /// Scale factors of one extrapolation: as many as a fit takes.
  package static let mitigationScaleCount = 1 << 12
  /// Largest factor by which noise is scaled; what is left of a signal after it is nothing.
  package static let mitigationScale = 1_000.0
  /// Degree of a polynomial that is extrapolated; higher ones multiply the error of the data by more than a million.
  package static let mitigationDegree = 10
  /// Symmetries that are imposed together: their group has 2⁸ elements.
  package static let mitigationSymmetryCount = 8
  /// Diagnostics of one mitigated value; the techniques have up to six.
  package static let diagnosticCount = 64
  /// A signed receipt: with as many seeds as a job may have settings. It fits F1 beside the rest of COMPLETE.
  package static let receiptByteCount =
    Receipt.fixedByteCount + 8 * settingsCount + ReceiptSignature.publicKeyByteCount + ReceiptSignature.byteCount
  /// Bytes of receipts in one RECEIPT_LIST: one message.
  package static let receiptListByteCount = 768 << 10
  /// Qubits a client may declare.
  package static let qubitCount = 1 << 16

  /// Names for people, methods, devices, failure codes.
  package static let nameByteCount = 256
  /// Messages for people.
  package static let textByteCount = 4 << 10
  /// An idempotency key; `chainId:blockHash:txHash:logIndex` is under 200.
  package static let idempotencyKeyByteCount = 256
  /// A W3C traceparent is 55 characters.
  package static let traceByteCount = 64

  /// The content of one template: OpenQASM text of about 200,000 gates.
  package static let templateByteCount = 8 << 20
  /// Nesting of bodies and expressions in an encoded circuit; a reader's stack is a few hundred bytes a level.
  package static let circuitDepth = 320
  /// Templates of one bundle.
  package static let templateCount = 1 << 12
  /// Digests named in one header: 32 bytes each, well inside F1.
  package static let digestCount = 256
  /// Fences named in one header.
  package static let fenceCount = 256
  /// Devices and methods a worker may announce.
  package static let deviceCount = 64
  /// Confirmations that a job may be held for; the deepest reorganisations of a chain were of some thousand blocks.
  package static let confirmationCount = 100_000
  /// Why a job was retracted: short of what headers hold, beside a message of the same text.
  package static let reasonByteCount = 1 << 10
  /// Ranges of circuits that one event names; what is beyond goes into the next.
  package static let eventRangeCount = 64
  /// Ranges of circuits that one FETCH gives: their bounds fit the header of STREAM_END, which is 16 KiB.
  package static let fetchRangeCount = 256
  /// Circuits named in one dead letter.
  package static let failedCircuitCount = 16
  /// What a dead letter says of a circuit: a listing of a thousand stays at a few megabytes.
  package static let failedCircuitTextByteCount = 256
  /// Rows of one listing.
  package static let listingCount = 1_000
  /// Timers, limits and counters that a broker tells of itself, of each kind.
  package static let namedNumberCount = 64
  /// Classical bits of one outcome.
  package static let classicalBitCount = 1 << 16
}
