/// Why there is no symbol or no image of one. Never holds what was to be encoded.
public enum QRCodeError: Error, Equatable, Sendable {
  /// More bytes than the largest symbol holds, or none.
  case invalidLength(byteCount: Int)
  /// The terminal has fewer columns than the drawing.
  case terminalTooNarrow(columns: Int, needed: Int)
  /// libqrencode or libpng refused, with its reason.
  case library(String)
}

extension QRCodeError: CustomStringConvertible {
  /// One line in lower case, fit to follow `vmfa: error: `.
  public var description: String {
    switch self {
    case .invalidLength(let count):
      "a QR code holds 1 to \(QRSymbol.maximumByteCount) bytes, not \(count)"
    case .terminalTooNarrow(let columns, let needed):
      "the QR code is \(needed) columns wide, and the terminal has \(columns)"
    case .library(let reason): reason
    }
  }
}
