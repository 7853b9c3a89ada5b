/// A figure of time against qubits: a panel for each error rate, a line for density matrices and one for each number of shots along trajectories, and
/// dashed what was predicted.
struct NoiseFigure {
  private typealias Stroke = SVGCanvas.Stroke

  private enum Layout {
    static let panelWidth = 250.0
    static let panelHeight = 270.0
    static let left = 66.0
    static let right = 12.0
    static let gap = 26.0
    static let legendRow = 18.0
    static let legendColumns = 2
    static let top = 24.0
    static let bottom = 68.0
    static let leastWidth = 560.0
  }

  /// One line of each panel.
  private struct Series {
    var label: String
    /// Of a point that belongs to it.
    var figure: (NoiseReport.Point) -> NoiseReport.Figure?
  }

  private let report: NoiseReport
  private let rates: [Double]
  private let series: [Series]
  private let qubits: QubitAxis
  private let times: LogarithmicAxis

  init(_ report: NoiseReport) {
    self.report = report
    rates = report.points.map(\.rate).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    let shots = Set(report.points.map(\.shots)).sorted()
    series =
      [Series(label: "density matrix") { $0.shots == shots[0] ? $0.densityMatrix : nil }]
      + shots.map { count in
        Series(label: "\(Format.count(count)) trajector\(count == 1 ? "y" : "ies")") { $0.shots == count ? $0.trajectories : nil }
      }
    let counts = report.points.map(\.qubits)
    qubits = QubitAxis(range: (counts.min() ?? 0)...(counts.max() ?? 0))
    times = LogarithmicAxis(
      report.points.flatMap { [$0.densityMatrix, $0.trajectories] }.flatMap { $0.seconds + [$0.predictedSeconds] })
  }

  private var legendHeight: Double {
    Layout.legendRow * Double((series.count + 1 + Layout.legendColumns - 1) / Layout.legendColumns)
  }
  private var panelTop: Double { Layout.top + legendHeight + 30 }

  /// The SVG file.
  var svg: String {
    let panels = Double(rates.count)
    let width = max(
      Layout.left + panels * Layout.panelWidth + (panels - 1) * Layout.gap + Layout.right, Layout.leastWidth)
    let height = panelTop + Layout.panelHeight + Layout.bottom
    var canvas = SVGCanvas(width: width, height: height, title: "Time of noisy circuits against their number of qubits")
    canvas.text("Noisy circuits on \(report.name)", x: Layout.left, y: 18, size: 12, isBold: true)
    drawLegend(&canvas)
    for (index, rate) in rates.enumerated() {
      let x = Layout.left + Double(index) * (Layout.panelWidth + Layout.gap)
      let frame = FigureFrame(x: x, y: panelTop, width: Layout.panelWidth, height: Layout.panelHeight)
      drawPanel(&canvas, rate, frame, hasTimes: index == 0)
    }
    canvas.text("Time of one run", x: 15, y: panelTop + Layout.panelHeight / 2, size: 12, anchor: .middle, isVertical: true)
    let layers = "\(report.layers) layer\(report.layers == 1 ? "" : "s") of u and cx around the ring, depolarizing after each gate"
    let threads = "\(report.threads) thread\(report.threads == 1 ? "" : "s")"
    let precision = "\(report.precision == "single" ? "Single" : "Double") precision, \(threads)."
    canvas.text("\(precision) \(layers). Markers: medians.", x: Layout.left, y: height - 12, size: 10, color: "#666666")
    return canvas.text
  }

  private func drawLegend(_ canvas: inout SVGCanvas) {
    func place(_ index: Int) -> (x: Double, y: Double) {
      (
        Layout.left + Double(index % Layout.legendColumns) * 210,
        Layout.top + Layout.legendRow * (Double(index / Layout.legendColumns) + 0.5)
      )
    }
    for (index, line) in series.enumerated() {
      let (x, y) = place(index)
      canvas.line(x, y, x + 26, y, Stroke(color: SVGCanvas.color(ofSeries: index), width: 1.4))
      canvas.marker(ofSeries: index, x: x + 13, y: y)
      canvas.text(line.label, x: x + 33, y: y + 4, size: 11)
    }
    let (x, y) = place(series.count)
    canvas.line(x, y, x + 26, y, Stroke(color: "#666666", width: 1.1, dashes: [4, 3]))
    canvas.text("predicted, on one thread", x: x + 33, y: y + 4, size: 11)
  }

  private func drawPanel(_ canvas: inout SVGCanvas, _ rate: Double, _ frame: FigureFrame, hasTimes: Bool) {
    drawGrid(&canvas, frame)
    let points = report.points.filter { $0.rate == rate }.sorted { $0.qubits < $1.qubits }
    canvas.clipped(x: frame.x, y: frame.y, width: frame.width, height: frame.height) { canvas in
      for (index, line) in series.enumerated() { draw(line, index, points, frame, on: &canvas) }
    }
    canvas.rectangle(x: frame.x, y: frame.y, width: frame.width, height: frame.height, Stroke(color: "#333333", width: 0.8))
    drawTicks(&canvas, frame, hasTimes: hasTimes)
    canvas.text("Error rate \(NoiseReport.rate(rate))", x: frame.x, y: frame.y - 9, size: 12)
  }

  private func draw(
    _ line: Series, _ index: Int, _ points: [NoiseReport.Point], _ frame: FigureFrame, on canvas: inout SVGCanvas
  ) {
    let color = SVGCanvas.color(ofSeries: index)
    let figures = points.compactMap { point in line.figure(point).map { (x: x(point.qubits, frame), figure: $0) } }
    canvas.polyline(
      figures.map { (x: $0.x, y: y($0.figure.predictedSeconds, frame)) }, Stroke(color: color, width: 1.1, dashes: [4, 3]))
    let measured = figures.compactMap { x, figure in figure.secondsMedian.map { (x: x, y: y($0, frame)) } }
    canvas.polyline(measured, Stroke(color: color, width: 1.4))
    for point in measured { canvas.marker(ofSeries: index, x: point.x, y: point.y) }
  }

  private func drawGrid(_ canvas: inout SVGCanvas, _ frame: FigureFrame) {
    for qubitCount in qubits.labels {
      let x = x(qubitCount, frame)
      canvas.line(x, frame.y, x, frame.y + frame.height, Stroke(color: "#e4e4e4", width: 0.6))
    }
    for (seconds, isDecade) in marks(frame) {
      let y = y(seconds, frame)
      canvas.line(frame.x, y, frame.x + frame.width, y, Stroke(color: isDecade ? "#e4e4e4" : "#f3f3f3", width: 0.6))
    }
  }

  private func drawTicks(_ canvas: inout SVGCanvas, _ frame: FigureFrame, hasTimes: Bool) {
    let bottom = frame.y + frame.height
    func stroke(_ isLong: Bool) -> Stroke { Stroke(color: "#333333", width: isLong ? 0.8 : 0.5) }
    for qubitCount in qubits.range {
      let isLabelled = qubits.labels.contains(qubitCount)
      let x = x(qubitCount, frame)
      canvas.line(x, bottom, x, bottom - (isLabelled ? 5 : 3), stroke(isLabelled))
      if isLabelled { canvas.text("\(qubitCount)", x: x, y: bottom + 15, size: 11, anchor: .middle) }
    }
    for (seconds, isDecade) in marks(frame) {
      canvas.line(frame.x, y(seconds, frame), frame.x + (isDecade ? 5 : 3), y(seconds, frame), stroke(isDecade))
    }
    for decade in times.decades where hasTimes {
      let y = y(LogarithmicAxis.number(1, decade), frame)
      canvas.text(LogarithmicAxis.timeLabel(decade: decade), x: frame.x - 6, y: y + 4, size: 11, anchor: .end)
    }
    canvas.text("Qubits", x: frame.x + frame.width / 2, y: bottom + 33, size: 12, anchor: .middle)
  }

  /// Where the axis of time has lines: powers of ten, and fine ones between them.
  private func marks(_ frame: FigureFrame) -> [(seconds: Double, isDecade: Bool)] {
    let digits = times.minorDigits(pixels: frame.height)
    return times.decades.flatMap { decade in
      [(LogarithmicAxis.number(1, decade), true)]
        + (decade < times.decades.upperBound ? digits.map { (LogarithmicAxis.number($0, decade), false) } : [])
    }
  }

  private func x(_ qubitCount: Int, _ frame: FigureFrame) -> Double { frame.x + frame.width * qubits.place(qubitCount) }
  private func y(_ seconds: Double, _ frame: FigureFrame) -> Double { frame.y + frame.height * (1 - times.place(seconds)) }
}
