/// A figure of circuits in a second against rows: a line for each size, and dashed what the device's arithmetic allows.
struct BatchFigure {
  private typealias Stroke = SVGCanvas.Stroke

  private enum Layout {
    static let width = 720.0
    static let frame = FigureFrame(x: 66, y: 0, width: 642, height: 330)
    static let top = 26.0
    static let legendRow = 18.0
    static let legendColumns = 6
    static let bottom = 66.0
    /// Between the frame and the first and last marker.
    static let margin = 14.0
  }

  /// The batches of one size.
  private struct Series {
    var qubitCount: Int
    /// Ascending in their rows.
    var batches: [BatchReport.Batch]
  }

  private let title: String
  private let caption: String
  /// Nil if no batch has a bound.
  private let boundLabel: String?
  private let series: [Series]
  private let rows: LogarithmicAxis
  private let rates: LogarithmicAxis
  private let frame: FigureFrame

  /// Makes the figure of one device; nil if nothing was measured.
  init?(_ device: BatchReport.Device) {
    guard let first = device.batches.first else { return nil }
    let groups = Dictionary(grouping: device.batches, by: \.qubits)
    series = groups.sorted { $0.key < $1.key }.map { qubits, batches in
      Series(qubitCount: qubits, batches: batches.sorted { $0.rows < $1.rows })
    }
    rows = LogarithmicAxis(device.batches.map { Double($0.rows) })
    rates = LogarithmicAxis(
      device.batches.flatMap { [$0.rate($0.maximumSeconds), $0.rate($0.minimumSeconds)] + [$0.boundCircuitsPerSecond ?? 0] })
    title = "\(first.work) of \(first.ansatz.rawValue), \(first.layers) layer\(first.layers == 1 ? "" : "s"), on \(device.name)"
    let peak = Format.decimal(device.operationsPerSecond, unit: "FLOP/s")
    let hasBound = device.batches.contains { $0.boundCircuitsPerSecond != nil }
    boundLabel = hasBound ? "bound: the multiply-adds of the states alone, at the measured \(peak)" : nil
    let sampling =
      first.seconds.count > 1
      ? "Markers: median of \(first.seconds.count) samples; bars: the fastest and the slowest." : "One sample a marker."
    caption = "\(device.precision == "single" ? "Single" : "Double") precision. \(sampling)"
    var frame = Layout.frame
    let legendRows = (series.count + Layout.legendColumns - 1) / Layout.legendColumns + (hasBound ? 1 : 0)
    frame.y = Layout.top + Layout.legendRow * Double(legendRows) + 12
    self.frame = frame
  }

  /// The SVG file.
  var svg: String {
    let height = frame.y + frame.height + Layout.bottom
    var canvas = SVGCanvas(width: Layout.width, height: height, title: "Circuits in a second against the rows of a batch")
    canvas.text(title, x: frame.x, y: 18, size: 12, isBold: true)
    drawLegend(&canvas)
    drawGrid(&canvas)
    canvas.clipped(x: frame.x, y: frame.y, width: frame.width, height: frame.height) { canvas in
      for (index, series) in series.enumerated() { draw(series, index, on: &canvas) }
    }
    canvas.rectangle(x: frame.x, y: frame.y, width: frame.width, height: frame.height, Stroke(color: "#333333", width: 0.8))
    drawTicks(&canvas)
    canvas.text("Rows", x: frame.x + frame.width / 2, y: frame.y + frame.height + 33, size: 12, anchor: .middle)
    canvas.text("Circuits in a second", x: 15, y: frame.y + frame.height / 2, size: 12, anchor: .middle, isVertical: true)
    canvas.text(caption, x: frame.x, y: height - 12, size: 10, color: "#666666")
    return canvas.text
  }

  private func drawLegend(_ canvas: inout SVGCanvas) {
    func y(_ row: Int) -> Double { Layout.top + Layout.legendRow * (Double(row) + 0.5) }
    for (index, series) in series.enumerated() {
      let x = frame.x + Double(index % Layout.legendColumns) * frame.width / Double(Layout.legendColumns)
      let y = y(index / Layout.legendColumns)
      canvas.line(x, y, x + 26, y, Stroke(color: SVGCanvas.color(ofSeries: index), width: 1.4))
      canvas.marker(ofSeries: index, x: x + 13, y: y)
      canvas.text("\(series.qubitCount) qubits", x: x + 33, y: y + 4, size: 11)
    }
    guard let boundLabel else { return }
    let bound = y((series.count + Layout.legendColumns - 1) / Layout.legendColumns)
    canvas.line(frame.x, bound, frame.x + 26, bound, Stroke(color: "#666666", width: 1.1, dashes: [4, 3]))
    canvas.text(boundLabel, x: frame.x + 33, y: bound + 4, size: 11)
  }

  private func drawGrid(_ canvas: inout SVGCanvas) {
    let (bottom, right) = (frame.y + frame.height, frame.x + frame.width)
    for (value, isDecade) in Self.marks(rows, pixels: frame.width) {
      let x = x(value)
      canvas.line(x, frame.y, x, bottom, Stroke(color: isDecade ? "#e4e4e4" : "#f3f3f3", width: 0.6))
    }
    for (value, isDecade) in Self.marks(rates, pixels: frame.height) {
      let y = y(value)
      canvas.line(frame.x, y, right, y, Stroke(color: isDecade ? "#e4e4e4" : "#f3f3f3", width: 0.6))
    }
  }

  private func drawTicks(_ canvas: inout SVGCanvas) {
    let bottom = frame.y + frame.height
    func stroke(_ isDecade: Bool) -> Stroke { Stroke(color: "#333333", width: isDecade ? 0.8 : 0.5) }
    for (value, isDecade) in Self.marks(rows, pixels: frame.width) {
      canvas.line(x(value), bottom, x(value), bottom - (isDecade ? 5 : 3), stroke(isDecade))
    }
    for (value, isDecade) in Self.marks(rates, pixels: frame.height) {
      canvas.line(frame.x, y(value), frame.x + (isDecade ? 5 : 3), y(value), stroke(isDecade))
    }
    for decade in rows.decades {
      let x = x(LogarithmicAxis.number(1, decade))
      canvas.text(LogarithmicAxis.countLabel(decade: decade), x: x, y: bottom + 15, size: 11, anchor: .middle)
    }
    for decade in rates.decades {
      let y = y(LogarithmicAxis.number(1, decade))
      canvas.text(LogarithmicAxis.countLabel(decade: decade), x: frame.x - 6, y: y + 4, size: 11, anchor: .end)
    }
  }

  private func draw(_ series: Series, _ index: Int, on canvas: inout SVGCanvas) {
    let color = SVGCanvas.color(ofSeries: index)
    if let bound = series.batches[0].boundCircuitsPerSecond {
      canvas.line(frame.x, y(bound), frame.x + frame.width, y(bound), Stroke(color: color, width: 1.1, dashes: [4, 3]))
    }
    let points = series.batches.map { (x: x(Double($0.rows)), y: y($0.circuitsPerSecond)) }
    canvas.polyline(points, Stroke(color: color, width: 1.4))
    for (point, batch) in zip(points, series.batches) {
      let (slowest, fastest) = (y(batch.rate(batch.maximumSeconds)), y(batch.rate(batch.minimumSeconds)))
      canvas.line(point.x, slowest, point.x, fastest, Stroke(color: color, width: 1))
      canvas.marker(ofSeries: index, x: point.x, y: point.y)
    }
  }

  /// Where an axis has lines: powers of ten, and fine ones between them.
  private static func marks(_ axis: LogarithmicAxis, pixels: Double) -> [(value: Double, isDecade: Bool)] {
    let digits = axis.minorDigits(pixels: pixels)
    return axis.decades.flatMap { decade in
      [(LogarithmicAxis.number(1, decade), true)]
        + (decade < axis.decades.upperBound ? digits.map { (LogarithmicAxis.number($0, decade), false) } : [])
    }
  }

  private func x(_ rowCount: Double) -> Double {
    frame.x + Layout.margin + (frame.width - 2 * Layout.margin) * rows.place(rowCount)
  }
  private func y(_ rate: Double) -> Double { frame.y + frame.height * (1 - rates.place(rate)) }
}

extension BatchReport.Batch {
  /// Circuits in a second of a call that took so long.
  fileprivate func rate(_ seconds: Double) -> Double { Double(rows) / seconds }
}
