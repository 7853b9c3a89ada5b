internal import CKernels
internal import Circuits

/// A noisy template's program as the kernels of batches of density matrices read it; kernels/batch_density.cl says what the words mean.
struct OpenCLDensityWords {
  private(set) var words = [UInt32](repeating: 0, count: headerCount)
  /// Rotations whose angles have terms.
  private(set) var slopeCount = 0
  /// Whether a step is a map that is more than factors.
  private(set) var hasMaps = false

  private static let headerCount = 16
  private static let noSlope = UInt32.max

  init(_ program: DensityLaneProgram) {
    let native = unsafe program.start.pointee
    words[0] = unsafe native.string_count
    words[13] = UInt32(program.keptCount)
    addAngles(program)
    let initial = unsafe Array(UnsafeBufferPointer(start: native.initial, count: Int(native.initial_count)))
    begin(initial.count, at: 3)
    words += initial
    let steps = unsafe Array(UnsafeBufferPointer(start: native.steps, count: Int(native.step_count)))
    unsafe add(steps, of: native, program)
    let terms = unsafe Array(UnsafeBufferPointer(start: program.terms.start, count: program.termCount))
    if let outcomes = program.outcomes {
      // Strings whose values are wanted are observables of one term.
      add(outcomes.strings.map { [($0, 1)] }, at: 7)
    } else {
      addObservables(terms, count: program.observableCount)
    }
    addWeights(terms)
    addColumns(steps, program)
    (words[14], words[15]) = (UInt32(slopeCount), hasMaps ? 1 : 0)
  }

  /// Says in the header that so many of something begin here.
  private mutating func begin(_ count: Int, at place: Int) {
    (words[place], words[place + 1]) = (UInt32(count), UInt32(words.count))
  }

  /// Adds what consists of a number and a double.
  private mutating func add(_ number: UInt32, _ factor: Double) {
    words.append(number)
    add(factor)
  }

  private mutating func add(_ number: Double) {
    words += [UInt32(truncatingIfNeeded: number.bitPattern), UInt32(truncatingIfNeeded: number.bitPattern >> 32)]
  }

  /// Adds lists of a number and a double, and for each where it begins and how long it is, after what `head` puts before these.
  private mutating func add(
    _ lists: [[(number: UInt32, factor: Double)]], at place: Int, head: (Int) -> [UInt32] = { _ in [] }
  ) {
    begin(lists.count, at: place)
    var first = words.count + lists.indices.reduce(0) { $0 + head($1).count + 2 }
    for (index, list) in lists.enumerated() {
      words += head(index) + [UInt32(first), UInt32(list.count)]
      first += 3 * list.count
    }
    for term in lists.joined() { add(term.number, term.factor) }
  }

  private mutating func addAngles(_ program: DensityLaneProgram) {
    let angles = (0..<program.angleCount).map { program.angle($0) }
    begin(angles.count, at: 1)
    var first = words.count + 4 * angles.count
    for angle in angles {
      words += [UInt32(first), UInt32(angle.terms.count)]
      add(angle.constant)
      first += 3 * angle.terms.count
    }
    for term in angles.flatMap(\.terms) { add(UInt32(term.parameter), term.coefficient) }
  }
}

// MARK: Steps

extension OpenCLDensityWords {
  /// Adds steps behind what they consist of; what several have in common is there once.
  private mutating func add(_ steps: [ck_density_step], of native: ck_density_program, _ program: DensityLaneProgram) {
    var (pairs, maps) = ([UInt32: UInt32](), [UInt32: (UInt32, UInt32)]())
    var list = [UInt32]()
    var keptCount: UInt32 = 0
    for step in steps {
      if step.code == CK_DENSITY_ROTATION.rawValue {
        let isConstant = program.angleTerms(Int(step.number)).isEmpty
        let place = unsafe pairs[step.first] ?? addPairs(step, of: native)
        pairs[step.first] = place
        list += [step.code, step.number, place, step.count, isConstant ? Self.noSlope : UInt32(slopeCount)]
        slopeCount += isConstant ? 0 : 1
        continue
      }
      if step.code == CK_DENSITY_MAP.rawValue {
        let places = unsafe maps[step.first] ?? addMap(step, of: native)
        maps[step.first] = places
        list += [step.code, keptCount, places.0, step.count, places.1]
      } else {
        list += [step.code, keptCount, unsafe addFactors(step, of: native), step.count, 0]
      }
      keptCount += 1
    }
    begin(steps.count, at: 5)
    words += list
  }

  private mutating func addPairs(_ step: ck_density_step, of native: ck_density_program) -> UInt32 {
    let pairs = unsafe Array(UnsafeBufferPointer(start: native.pairs + Int(step.first), count: Int(step.count)))
    defer { words += pairs.map { UInt32($0.q) | UInt32($0.r) << 16 } }
    return UInt32(words.count)
  }

  private mutating func addFactors(_ step: ck_density_step, of native: ck_density_program) -> UInt32 {
    let factors = unsafe Array(UnsafeBufferPointer(start: native.factors + Int(step.first), count: Int(step.count)))
    defer { for entry in factors { add(entry.string, entry.factor) } }
    return UInt32(words.count)
  }

  /// Adds a map and its transpose, whose entries are in the order in which the CPU adds them.
  private mutating func addMap(_ step: ck_density_step, of native: ck_density_program) -> (UInt32, UInt32) {
    hasMaps = true
    let count = Int(step.count)
    var rows = [[(number: UInt32, factor: Double)]](repeating: [], count: count)
    var columns = rows
    for row in 0..<count {
      let place = Int(step.first) + row
      for index in unsafe native.starts[place]..<native.starts[place + 1] {
        let entry = unsafe native.entries[Int(index)]
        rows[row].append((entry.string, entry.factor))
        columns[Int(entry.string)].append((UInt32(row), entry.factor))
      }
    }
    return (addMatrix(rows), addMatrix(columns))
  }

  private mutating func addMatrix(_ rows: [[(number: UInt32, factor: Double)]]) -> UInt32 {
    let start = words.count
    var first = start + rows.count + 1
    words.append(UInt32(first))
    for row in rows {
      first += 3 * row.count
      words.append(UInt32(first))
    }
    for entry in rows.joined() { add(entry.number, entry.factor) }
    return UInt32(start)
  }
}

// MARK: Observables and derivatives

extension OpenCLDensityWords {
  /// Adds the terms of each observable, in the order in which they are added, which is the CPU's for each.
  private mutating func addObservables(_ terms: [ck_density_term], count: Int) {
    var lists = [[(number: UInt32, factor: Double)]](repeating: [], count: count)
    for term in terms { lists[Int(term.observable)].append((term.string, term.coefficient)) }
    add(lists, at: 7)
  }

  /// Adds the terms of each string that an observable has.
  private mutating func addWeights(_ terms: [ck_density_term]) {
    let lists = Dictionary(grouping: terms, by: \.string)
    let strings = lists.keys.sorted()
    add(strings.map { (lists[$0] ?? []).map { ($0.observable, $0.coefficient) } }, at: 9) { [strings[$0]] }
  }

  /// Adds the slopes on which each column's derivative depends, in the order in which going backwards meets them.
  private mutating func addColumns(_ steps: [ck_density_step], _ program: DensityLaneProgram) {
    var lists = [[(number: UInt32, factor: Double)]](repeating: [], count: program.columnCount)
    var slope = UInt32(slopeCount)
    for step in steps.reversed() where step.code == CK_DENSITY_ROTATION.rawValue {
      let terms = program.angleTerms(Int(step.number))
      guard !terms.isEmpty else { continue }
      slope -= 1
      for term in terms { lists[term.parameter].append((slope, term.coefficient)) }
    }
    add(lists, at: 11)
  }
}
