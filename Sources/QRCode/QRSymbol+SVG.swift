extension QRSymbol {
  /// The symbol with its quiet zone as an SVG document: one path, a unit for each module, black on white.
  public func svg() -> String {
    let size = extent.count
    var path = ""
    for row in 0..<width {
      var column = 0
      while column < width {
        var end = column
        while isDark(column: end, row: row) { end += 1 }
        if end > column {
          path += "M\(column + Self.quietZone) \(row + Self.quietZone)h\(end - column)v1h-\(end - column)z"
        }
        column = end + 1
      }
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size) \(size)" width="\(size * 6)" height="\(size * 6)" \
      role="img" aria-label="QR code" shape-rendering="crispEdges">
      <path fill="#fff" d="M0 0h\(size)v\(size)h-\(size)z"/>
      <path fill="#000" d="\(path)"/>
      </svg>

      """
  }
}
