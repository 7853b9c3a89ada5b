internal import Simulator

/// A figure of time against qubits: a panel for each family, a line for each device, and dashed the time that its bandwidth allows.
struct ScalingFigure {
  private typealias Stroke = SVGCanvas.Stroke

  private enum Layout {
    static let width = 720.0
    static let panelHeight = 205.0
    static let left = 66.0
    static let right = 12.0
    static let top = 14.0
    static let legendRow = 18.0
    static let columnGap = 26.0
    static let rowGap = 52.0
    static let bottom = 64.0
  }

  private let devices: [DeviceScaling]
  private let families: [CircuitFamily]
  private let caption: String
  private let qubits: QubitAxis
  private let times: LogarithmicAxis

  /// Makes the figure of a sweep; nil if nothing was measured.
  init?(_ devices: [DeviceScaling], plan: ScalingPlan) {
    let points = devices.flatMap(\.points)
    guard let first = points.map(\.qubitCount).min(), let last = points.map(\.qubitCount).max() else { return nil }
    self.devices = devices.filter { !$0.points.isEmpty }
    families = plan.families.filter { family in points.contains { $0.family == family } }
    qubits = QubitAxis(range: first...last)
    times = LogarithmicAxis(points.flatMap { [$0.minimumSeconds, $0.maximumSeconds] })
    let runs = points.map(\.seconds.count).max() ?? 1
    let sampling =
      runs > 1 ? "Markers: median of up to \(runs) samples; bars: the fastest and the slowest." : "One sample a marker."
    caption = "\(plan.precision == .single ? "Single" : "Double") precision. \(sampling)"
  }

  /// The SVG file.
  var svg: String {
    let columns = min(families.count, 2)
    let rows = (families.count + columns - 1) / columns
    let panelTop = Layout.top + Layout.legendRow * Double(devices.count) + 32
    let height = panelTop + Double(rows) * (Layout.panelHeight + Layout.rowGap) - Layout.rowGap + Layout.bottom
    var canvas = SVGCanvas(width: Layout.width, height: height, title: "Time to run a circuit against its number of qubits")
    drawLegend(&canvas)
    let panelWidth = (Layout.width - Layout.left - Layout.right - Double(columns - 1) * Layout.columnGap) / Double(columns)
    for (index, family) in families.enumerated() {
      let (row, column) = (index / columns, index % columns)
      let frame = FigureFrame(
        x: Layout.left + Double(column) * (panelWidth + Layout.columnGap),
        y: panelTop + Double(row) * (Layout.panelHeight + Layout.rowGap), width: panelWidth, height: Layout.panelHeight)
      let isLowest = index + columns >= families.count
      drawPanel(&canvas, family, letter: index, frame, hasTimes: column == 0, hasQubits: isLowest)
    }
    let middle = panelTop + (height - panelTop - Layout.bottom) / 2
    canvas.text("Time of one run", x: 15, y: middle, size: 12, anchor: .middle, isVertical: true)
    canvas.text(caption, x: Layout.left, y: height - 12, size: 10, color: "#666666")
    return canvas.text
  }

  private func drawLegend(_ canvas: inout SVGCanvas) {
    for (index, scaling) in devices.enumerated() {
      let y = Layout.top + Layout.legendRow * (Double(index) + 0.5)
      let color = SVGCanvas.color(ofSeries: index)
      canvas.line(Layout.left, y, Layout.left + 26, y, Stroke(color: color, width: 1.4))
      canvas.marker(ofSeries: index, x: Layout.left + 13, y: y)
      canvas.text("\(scaling.device.label): \(scaling.device.name)", x: Layout.left + 33, y: y + 4, size: 11)
      let dashed = Layout.width - Layout.right - 265
      canvas.line(dashed, y, dashed + 26, y, Stroke(color: color, width: 1.1, dashes: [4, 3]))
      let speed = Format.decimal(scaling.device.bytesPerSecond, unit: "B/s")
      canvas.text("bytes moved, at its measured \(speed)", x: dashed + 33, y: y + 4, size: 11)
    }
  }

  private func drawPanel(
    _ canvas: inout SVGCanvas, _ family: CircuitFamily, letter: Int, _ frame: FigureFrame, hasTimes: Bool, hasQubits: Bool
  ) {
    drawGrid(&canvas, frame)
    canvas.clipped(x: frame.x, y: frame.y, width: frame.width, height: frame.height) { canvas in
      for (index, scaling) in devices.enumerated() { drawSeries(&canvas, scaling, index, family, frame) }
    }
    canvas.rectangle(x: frame.x, y: frame.y, width: frame.width, height: frame.height, Stroke(color: "#333333", width: 0.8))
    drawTicks(&canvas, frame, hasTimes: hasTimes, hasQubits: hasQubits)
    let name = Array("abcdefghijklmnopqrstuvwxyz")[letter % 26]
    canvas.text("(\(name))", x: frame.x, y: frame.y - 9, size: 12, isBold: true)
    canvas.text(family.title, x: frame.x + 24, y: frame.y - 9, size: 12)
  }

  private func drawGrid(_ canvas: inout SVGCanvas, _ frame: FigureFrame) {
    for qubitCount in qubits.range {
      let isLabelled = qubits.labels.contains(qubitCount)
      let x = self.x(qubitCount, frame)
      canvas.line(x, frame.y, x, frame.y + frame.height, Stroke(color: isLabelled ? "#e4e4e4" : "#f3f3f3", width: 0.6))
    }
    for decade in times.decades {
      for digit in times.minorDigits(pixels: frame.height) where decade < times.decades.upperBound {
        let y = self.y(LogarithmicAxis.number(digit, decade), frame)
        canvas.line(frame.x, y, frame.x + frame.width, y, Stroke(color: "#f3f3f3", width: 0.6))
      }
      let y = self.y(LogarithmicAxis.number(1, decade), frame)
      canvas.line(frame.x, y, frame.x + frame.width, y, Stroke(color: "#e4e4e4", width: 0.6))
    }
  }

  private func drawTicks(_ canvas: inout SVGCanvas, _ frame: FigureFrame, hasTimes: Bool, hasQubits: Bool) {
    let (major, minor) = (Stroke(color: "#333333", width: 0.8), Stroke(color: "#333333", width: 0.5))
    let bottom = frame.y + frame.height
    for qubitCount in qubits.range {
      let isLabelled = qubits.labels.contains(qubitCount)
      let x = self.x(qubitCount, frame)
      canvas.line(x, bottom, x, bottom - (isLabelled ? 5 : 3), isLabelled ? major : minor)
      if isLabelled { canvas.text("\(qubitCount)", x: x, y: bottom + 15, size: 11, anchor: .middle) }
    }
    for decade in times.decades {
      let y = self.y(LogarithmicAxis.number(1, decade), frame)
      canvas.line(frame.x, y, frame.x + 5, y, major)
      if hasTimes { canvas.text(LogarithmicAxis.timeLabel(decade: decade), x: frame.x - 6, y: y + 4, size: 11, anchor: .end) }
      for digit in times.minorDigits(pixels: frame.height) where decade < times.decades.upperBound {
        let y = self.y(LogarithmicAxis.number(digit, decade), frame)
        canvas.line(frame.x, y, frame.x + 3, y, minor)
      }
    }
    if hasQubits { canvas.text("Qubits", x: frame.x + frame.width / 2, y: bottom + 33, size: 12, anchor: .middle) }
  }

  private func drawSeries(
    _ canvas: inout SVGCanvas, _ scaling: DeviceScaling, _ index: Int, _ family: CircuitFamily, _ frame: FigureFrame
  ) {
    let points = scaling.points.filter { $0.family == family }
    let color = SVGCanvas.color(ofSeries: index)
    let ideal = points.map { (x: x($0.qubitCount, frame), y: y(scaling.idealSeconds(of: $0), frame)) }
    canvas.polyline(ideal, Stroke(color: color, width: 1.1, dashes: [4, 3]))
    canvas.polyline(points.map { (x: x($0.qubitCount, frame), y: y($0.medianSeconds, frame)) }, Stroke(color: color, width: 1.4))
    for point in points {
      let x = x(point.qubitCount, frame)
      canvas.line(x, y(point.minimumSeconds, frame), x, y(point.maximumSeconds, frame), Stroke(color: color, width: 1))
      canvas.marker(ofSeries: index, x: x, y: y(point.medianSeconds, frame))
    }
  }

  private func x(_ qubitCount: Int, _ frame: FigureFrame) -> Double { frame.x + frame.width * qubits.place(qubitCount) }
  private func y(_ seconds: Double, _ frame: FigureFrame) -> Double { frame.y + frame.height * (1 - times.place(seconds)) }
}
