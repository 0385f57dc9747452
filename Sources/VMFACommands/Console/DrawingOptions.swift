internal import ArgumentParser
internal import QRCode

/// How QR codes are drawn in the terminal.
struct DrawingOptions: ParsableArguments {
  @Option(help: "How the QR code is drawn: utf8, ansi, ascii, or none. (default: what the terminal can show)")
  var qrMode: QRMode?

  @Flag(help: "Swap dark and light in the drawing, where the terminal shows it the wrong way round.")
  var invert = false

  enum QRMode: String, ExpressibleByArgument, CaseIterable {
    case utf8, ansi, ascii, none
  }

  /// How to draw; nil where nothing is to be drawn.
  func drawing(_ console: Console) -> TerminalDrawing? {
    let isPlain = console.variable("NO_COLOR") != nil || console.variable("TERM") == "dumb"
    let mode: TerminalDrawing.Mode
    switch qrMode {
    case .some(.none): return nil
    case .utf8: mode = .utf8
    case .ansi: mode = .ansi
    case .ascii: mode = .ascii
    case nil: mode = console.isUTF8 ? .utf8 : isPlain ? .ascii : .ansi
    }
    return TerminalDrawing(mode: mode, forcesColours: !isPlain, inverted: invert)
  }
}

extension Console {
  /// Whether the locale's characters are UTF-8, by the variables in their order of precedence (POSIX).
  fileprivate var isUTF8: Bool {
    let locale = variable("LC_ALL") ?? variable("LC_CTYPE") ?? variable("LANG") ?? ""
    let name = locale.uppercased()
    return name.hasSuffix("UTF-8") || name.hasSuffix("UTF8")
  }
}

/// What to do about a terminal that the QR code does not fit.
let narrowTerminalHint = "widen the window, make its font smaller, or use --png FILE of vmfa device create"
