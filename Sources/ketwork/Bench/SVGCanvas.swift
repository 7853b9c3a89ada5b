/// An SVG drawing in pixels, from the top left: the few shapes that a figure needs.
///
/// Format: W3C, "Scalable Vector Graphics (SVG) 1.1", second edition.
struct SVGCanvas {
  /// A stroke: colour, width in pixels, and lengths of dashes and gaps if there are any.
  struct Stroke {
    var color: String
    var width = 1.0
    var dashes: [Double] = []

    fileprivate var attributes: String {
      let dashing = dashes.isEmpty ? "" : " stroke-dasharray=\"\(dashes.map(SVGCanvas.number).joined(separator: " "))\""
      return "fill=\"none\" stroke=\"\(color)\" stroke-width=\"\(SVGCanvas.number(width))\"\(dashing)"
    }
  }

  /// Where a text's reference point is.
  enum Anchor: String { case start, middle, end }

  private let width: Double
  private let height: Double
  private let title: String
  private var body = ""
  private var clipCount = 0

  /// Makes a white drawing. The title is read aloud and shown on hovering; it is not drawn.
  init(width: Double, height: Double, title: String) {
    (self.width, self.height, self.title) = (width, height, title)
  }

  /// The file.
  var text: String {
    let size = "\(Self.number(width)) \(Self.number(height))"
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(Self.number(width))" height="\(Self.number(height))" viewBox="0 0 \(size)" \
      font-family="Helvetica Neue, Helvetica, Arial, Liberation Sans, sans-serif" role="img">
      <title>\(Self.escaped(title))</title>
      <rect width="100%" height="100%" fill="#ffffff"/>
      \(body)</svg>

      """
  }

  /// Draws a line through points.
  mutating func polyline(_ points: [(x: Double, y: Double)], _ stroke: Stroke) {
    guard points.count > 1 else { return }
    let list = points.map { "\(Self.number($0.x)),\(Self.number($0.y))" }.joined(separator: " ")
    body += "<polyline points=\"\(list)\" \(stroke.attributes) stroke-linejoin=\"round\"/>\n"
  }

  /// Draws a straight line.
  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ stroke: Stroke) {
    polyline([(x1, y1), (x2, y2)], stroke)
  }

  /// Draws the outline of a rectangle.
  mutating func rectangle(x: Double, y: Double, width: Double, height: Double, _ stroke: Stroke) {
    let place = "x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(width))\" height=\"\(Self.number(height))\""
    body += "<rect \(place) \(stroke.attributes)/>\n"
  }

  /// Fills a closed shape, with a thin white edge that keeps it apart from lines.
  mutating func polygon(_ points: [(x: Double, y: Double)], fill: String) {
    let list = points.map { "\(Self.number($0.x)),\(Self.number($0.y))" }.joined(separator: " ")
    body += "<polygon points=\"\(list)\" fill=\"\(fill)\" stroke=\"#ffffff\" stroke-width=\"0.8\"/>\n"
  }

  /// Fills a disc, with a thin white edge.
  mutating func disc(x: Double, y: Double, radius: Double, fill: String) {
    let place = "cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"\(Self.number(radius))\""
    body += "<circle \(place) fill=\"\(fill)\" stroke=\"#ffffff\" stroke-width=\"0.8\"/>\n"
  }

  /// Writes a text with its baseline at y.
  mutating func text(
    _ text: String, x: Double, y: Double, size: Double, anchor: Anchor = .start, color: String = "#222222", isBold: Bool = false,
    isVertical: Bool = false
  ) {
    let turn = isVertical ? " transform=\"rotate(-90 \(Self.number(x)) \(Self.number(y)))\"" : ""
    let weight = isBold ? " font-weight=\"bold\"" : ""
    let place =
      "x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" font-size=\"\(Self.number(size))\" text-anchor=\"\(anchor.rawValue)\""
    body += "<text \(place) fill=\"\(color)\"\(weight)\(turn)>\(Self.escaped(text))</text>\n"
  }

  /// Draws what `draw` adds only inside a rectangle.
  mutating func clipped(x: Double, y: Double, width: Double, height: Double, _ draw: (inout SVGCanvas) -> Void) {
    clipCount += 1
    let place = "x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(width))\" height=\"\(Self.number(height))\""
    body += "<clipPath id=\"clip\(clipCount)\"><rect \(place)/></clipPath>\n<g clip-path=\"url(#clip\(clipCount))\">\n"
    draw(&self)
    body += "</g>\n"
  }

  private static func number(_ value: Double) -> String {
    let text = Format.fixed(value, places: 2)
    return text.hasSuffix(".00") ? String(text.dropLast(3)) : text
  }

  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.append(character)
      }
    }
  }
}
