extension Limits {
  /// The highest whole power of a gate that a batch repeats it for.
  static let gatePower = 64
  /// Controls of a gate that a batch takes apart: each doubles its rotations.
  static let laneControlCount = 8
  /// Rotations of which all gates of a template are made, and of those that differ: finding equal ones, light cones and blocks compares them with
  /// each other, and nothing stops it.
  static let laneStepCount = 1 << 16
  static let laneRotationCount = 1 << 12
  /// Rotations back to which an equal one is looked for, that a new one could be added to.
  static let mergeWindow = 1_024
  /// Rotations that the planner of a batch passes in search of some for one block.
  static let laneWindow = 512
  /// Directions of a block of a batch (`CK_LANE_REAL_QUBITS`, `CK_LANE_COMPLEX_QUBITS`): 16 vectors, or 8 of real and 8 of imaginary parts.
  static let laneRealBlockQubitCount = 4
  static let laneComplexBlockQubitCount = 3
  /// Rotations whose length is left out of the amplitudes until a factor puts it back: each may double their squares, a gradient undoes as
  /// many again, and single precision holds products up to 2¹²⁷.
  static let laneScaleInterval = 32
  /// Rotations of one table, for the same reason.
  static let laneTableStringCount = 32
  /// Parameters of as many bytes are taken to be in a cache when they are read, the last-level one if they are many; see docs/performance.md.
  static let laneCachedByteCount = 16 << 20
  /// Parities of a table (`CK_LANE_TABLE_QUBITS`): 2⁸ factors of 16 states are 32 KiB in single precision.
  static let laneTableQubitCount = 8
  /// Coordinates of a state of a batch on the CPU: three states of 2²⁴ amplitudes are 400 MiB in single precision.
  static let laneQubitCount = 24
  /// Coordinates from which one state is spread over the lanes: 16 complex states of 2¹³ amplitudes are 1 MiB in single precision, as much as
  /// a large core's second-level cache.
  static let leastSpreadQubitCount = 14
  /// The coordinates that number lanes then (`CK_LANE_SPREAD_BITS`), as many as the widest vectors have.
  static let laneSpreadQubitCount = 4
  /// Bases that are tried so that no rotation is along them alone.
  static let spreadAttemptCount = 64
  /// Amplitudes times rotations below which a batch stays on the calling thread: some 50 µs, a few times what it takes to wake another.
  static let serialLaneCount = 1 << 21
  /// Pairs of rotations that are compared to find the light cone of each string; beyond, all strings share one.
  static let lightConeWork = 1 << 24
  /// What sums cost of each amplitude, and what binding costs of each rotation, in rotations of one amplitude.
  static let laneSumCost = 4
  static let laneBindCost = 32
  /// Qubits of a batch of density matrices: 16 of 4⁶ reals are 256 KiB in single precision, a fraction of a core's second-level cache.
  static let densityLaneQubitCount = 6
  /// Bytes of the states that derivatives of one group of density matrices keep.
  static let densityLaneKeptByteCount = 256 << 20
  /// Reals of a batch of density matrices below which it stays on the calling thread, as `serialLaneCount` says.
  static let serialDensityWork = 1 << 21
  /// Work-items of a group that holds circuits of a batch: they fill a GPU's lanes while some wait at a barrier.
  static let openCLBatchGroupSize = 256
  /// The part of local memory that is left to a driver's own needs: a sixteenth, so that 2¹² complex amplitudes and their sums fit 48 KiB.
  static let openCLBatchLocalReserve = 16
  /// Bytes of numbers, sums and values of the rows that a device runs in one launch.
  static let openCLBatchWindowByteCount = 1 << 28
  /// Bytes of the states that are in global memory at once: less than the last-level cache of large GPUs, which have 40 MiB and more.
  static let openCLBatchWaveByteCount = 1 << 25
  /// Operations of a batch that a device undoes at once: each takes a number beside the two states for every work-item, and 8 numbers for each of
  /// 256 fit 48 KiB with 2¹¹ complex amplitudes in single precision.
  static let openCLBatchSliceCount = 8
  /// log₂ of the rotations of density matrices whose parts a device puts together at once: with two matrices of six qubits in single precision
  /// they take 40 KiB.
  static let openCLDensityWindowBits = 3
  /// Observables of each row whose derivatives one launch computes: enough for one row to fill a GPU's work-groups in part, and no more memory
  /// for it than 64 times its rotations and sums.
  static let openCLBatchSlotCount = 64
  /// What going back through a rotation costs, in rotations of values: it is undone on two states while a product of them is taken.
  static let laneUndoCost = 3
  /// Amplitudes times rotations of all rows from which `auto` runs a batch on a GPU: some milliseconds of a CPU, several times what two
  /// launches and the copies cost.
  static let openCLBatchWork = 1 << 28
  /// Qubits on which an observable depends up to which rows run in lanes, as far as that was measured to be faster: on 16, 0.50 ms a row in
  /// place of 1.60 (three layers, 64 rows, two threads, AMD Zen 4).
  static let preferredLaneQubitCount = 16
  /// Instructions of a template that is compiled for lanes: compiling compares rotations with each other, so twice as many take four times
  /// as long, and nothing stops it.
  static let laneInstructionCount = 1 << 12
  /// Compiled templates that a simulator keeps, and the bytes of the states that they keep: a job's leases, and steps of an optimizer, bring
  /// the same few again and again.
  static let keptTemplateCount = 64
  static let keptTemplateByteCount = 256 << 20
  /// Bits of an outcome that a sampler counts: 2¹⁶ counts are 256 KiB a row.
  package static let sampledBitCount = 16
  /// Bytes of the counts of all outcomes of the rows that are drawn before those that came are taken out.
  static let countWindowByteCount = 1 << 24
  /// Pauli strings whose values are estimated from shots, and groups of them that are measured together: each string is compared with each group, a
  /// second at worst. A molecule of 20 orbitals has some 20,000 strings.
  package static let measuredStringCount = 1 << 16
  package static let measurementGroupCount = 1 << 14
  /// Parts of a batch from whose shots values are estimated: with as many shifted angles as a template may have, each has a site of its own among
  /// half of all that there are.
  static let measuredPartCount = 1 << 16
  /// Bytes of the tables of what outcomes say of observables; beyond, strings are added up for each outcome.
  static let outcomeTableByteCount = 64 << 20
  /// What a shot costs, in rotations of one amplitude.
  static let laneShotCost = 64
}
