/// The bounds of this module, each with its reason.
package enum Limits {
  /// Qubits of the densest block that a register takes in one pass: a 64×64 matrix.
  package static let denseQubitCount = 6
  /// Qubits of one tabulated diagonal or permutation: 2¹² entries stay in the first-level cache.
  package static let tableQubitCount = 12
  /// Qubits of a register: a basis state is indexed by one word, and counted by a signed one.
  package static let qubitCount = 62
  /// Threads of one pass; more than any machine of today has cores for.
  package static let threadCount = 1024
  /// Amplitudes below which a pass stays on the calling thread, because sharing costs as much as it saves: a state that one core's
  /// cache holds has to move between two. Measured in docs/performance.md.
  package static let serialAmplitudeCount = 1 << 17
  /// Qubits of a state from which it is two tiles at least, so that two threads share it: on 15, where one tile held a state, families
  /// took up to 1.6 times as long with one (adder) and 0.94 times as long at best (GHZ).
  static let leastSharedQubitCount = 14
  /// Operations of a tile pass, weighted and with steps included, times amplitudes, below which it stays on the calling thread: GHZ on 16 qubits took 88 µs
  /// on one thread, and from 118 on two, one of which had to be woken (AMD Zen 4).
  static let serialOperationCount = 1 << 21
  /// Operations, weighted, up to which a pass takes a state of two tiles as one where its tiles do not lie together.
  static let uncopiedOperationCount = 3
  /// How often a thread without work looks for some before it sleeps: some 25 µs (24 µs of pauses, AMD Zen 4), more than lies
  /// between two passes.
  static let watchCount = 1_000
  /// The lowest qubits, which are local to every tile: 64 neighbouring amplitudes are 512 bytes or more, long enough for memory.
  static let tileRowQubitCount = 6
  /// The fewest of the lowest qubits that have to be local for the kernels: those of one block of memory, and of the shortest state.
  static let leastTileRowQubitCount = 5
  /// Qubits of a tile below which it has no room for a block, or for one of its registers beside the qubits that leave a block of memory;
  /// states that small are not planned.
  static let leastTileQubitCount = 9
  /// Qubits of a tile whose blocks and exchanges the kernels take: two for each of the four inside a block of memory, and what a lookup of two
  /// parts (`CK_LOOKUP_LENGTH`) and the three inside a block of memory in double precision reach.
  static let blockTileQubitCounts = 8...15
  /// Qubits that a block mixes: eight vectors of real and eight of imaginary parts, as many as the registers of any processor take.
  static let blockQubitCount = 3
  /// Operations of one block (`CK_BLOCK_OPERATIONS`), the tables that they need included.
  static let blockOperationCount = 64
  /// Qubits of a table of factors in a block: 2¹⁰ of them leave the first-level cache to the amplitudes.
  static let blockTableQubitCount = 10
  /// Qubits of a table of factors on small states, where building it takes as long as using it.
  static let leastTableQubitCount = 4
  /// Lookups of a pass among which an equal one is searched before another is made.
  static let recentLookupCount = 64
  /// Qubits of a Pauli rotation without X that becomes a table.
  static let parityTableQubitCount = 6
  /// Qubits of a state from which matrices on two qubits are taken apart by Cartan's decomposition. On two threads quantum volume on 19 takes
  /// 6 % less with it, the decomposition included, which one thread does alone; on 18 it takes 2 % more (AMD Zen 4).
  static let leastCartanQubitCount = 17
  /// The largest number off the diagonal of a rotation whose diagonal is one: then 1 of 6 with an angle at random takes an exchange of halves
  /// before it, instead of every other.
  static let longestRotation = 4.0
  /// Powers of two by which factors that are put off may change amplitudes: far from the ends of what single precision holds.
  static let pendingStrain = 40.0
  /// Operations that the planner looks at for one pass.
  package static let planWindow = 4_096
  /// Bytes of a tile: a part of the second-level cache of any core that matters.
  static let tileByteCount = 256 << 10
  /// Parts that each thread of a pass is given, so that one that is held up does not hold up the others for long.
  package static let partsPerThread = 4
  /// Draws below which they stay on the calling thread: 2¹⁴ are placed in some 0.2 ms, a few times what it takes to wake another.
  static let serialDrawCount = 1 << 14
  /// Bits of one digit when outcomes are sorted: a count and a place for each of 2¹¹ values fit the first-level cache.
  static let digitBitCount = 11
  /// Outcomes of finished branches that wait, beyond as many as there are different ones, until equal ones are put together.
  static let unmergedOutcomeCount = 4_096
  /// Bytes of the host's memory that a state leaves to everything else.
  package static let hostReserveByteCount = 64 << 20
  /// Bytes of a state that is allocated without asking what is free: asking reads up to five files, and a whole small
  /// circuit takes 13 µs.
  static let uncheckedByteCount: UInt128 = 4 << 20
  /// Bytes that stay with the process when they are freed; larger pieces go back to the system.
  static let keptByteCount = 16 << 20
  /// How far an eigenvalue of a Kraus operator's square may be from the one that is computed: the bound of a probability has to hold.
  static let eigenvalueError = 1e-13
  /// Trajectories that are drawn first where an error is aimed at, and where drawing ends however large it is, unless another number is given.
  static let firstTrajectoryCount = 128
  static let trajectoryCount = 1_000_000
  /// Shots of which each draw is computed by itself: more are drawn together.
  static let singleDrawCount = 8
  /// Pauli strings of one sweep: their partial sums stay in the first-level cache.
  package static let termsPerSweep = 256
  /// Shots of one row: their draws and basis states are held at once, 16 bytes each.
  package static let shotCount = 100_000_000
  /// All 2ⁿ probabilities or amplitudes of one row leave the device up to this n: 1 GiB of doubles at 27.
  package static let denseResultQubitCount = 27
  /// Steps that one run of a dynamic circuit may take; a loop without an end stops here.
  package static let dynamicStepCount = 10_000_000
  /// Branches of few shots from which on they are run, beside each other.
  static let branchGroupCount = 16
  /// Branches whose results are held at once, each with up to 2ⁿ probabilities, before they are added up.
  static let branchPartCount = 64
  /// Of how many shots one makes a branch that runs beside others: of larger ones there are so few that they run one at a time.
  static let branchShare = 64
  /// Gates that branches of small states go through at once: of more, fewer segments are without errors, and more is planned for each error; of
  /// fewer, less goes into one pass.
  static let segmentOperationCount = 48
  /// Branches that start from one state from which on they run side by side: two at least.
  static let leastWideBranchCount = 2
  /// Qubits that number the slots where states lie side by side, at least: with one, circuits of 15 qubits took 4 % longer than one branch after
  /// the other (AMD Zen 5).
  static let leastSlotNumberQubitCount = 2
  /// Qubits of a register on an accelerator in which states of branches lie side by side: 2²⁰ amplitudes fill it, and take 16 MiB at most. Not
  /// measured on one.
  static let wideQubitCount = 20
  /// The same on the CPU, and on OpenCL devices that are processors: 2¹⁶ amplitudes are a megabyte or half of one, and a pass over them
  /// keeps to one thread. With errors of 1 % a gate, ring circuits of 10 qubits took 0.62 times as long as one branch after the other, of 12
  /// qubits 0.75, of 14 qubits 0.86 (AMD Zen 5); with 2¹⁵ amplitudes, a little longer.
  static let hostWideQubitCount = 16
  /// Qubits of a slot in which one of several states lies, at least: those of one block of sums.
  static let leastSlotQubitCount = ReductionTree.blockSize.trailingZeroBitCount
  /// Plans of segments that a row keeps.
  static let segmentPlanCount = 1_024
  /// Registers that hold a branch's state at once, for each thread; further branches are replayed from the start.
  package static let branchRegisterCount = 24
  /// Registers above this size are not copied for branches.
  package static let branchRegisterByteCount = 1 << 28
  /// Measurement histories of one row in exact enumeration.
  package static let exactBranchCount = 1 << 16
  /// Histories less probable than this are left out of exact enumeration, and their sum is reported.
  package static let discardedBranchWeight = 1e-13
  /// log₂ of the neighbouring blocks that a sum reads in order: 32 blocks are 256 or 512 KiB, long enough for the prefetchers, and two such
  /// runs stay in the second-level cache for all the Pauli strings that pair them.
  package static let runBlockBits = 5
  /// Qubits from which `auto` prefers a GPU: below, launches cost more than the work (PRISM-Q and QuEST switch at 14 and 12).
  package static let acceleratorQubitCount = 14
  /// 4¹⁶ reals in single precision are 16 GiB.
  package static let densityQubitCount = 16
}
