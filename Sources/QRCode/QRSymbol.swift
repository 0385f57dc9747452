internal import CQREncode

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A QR Code symbol (ISO/IEC 18004): a square of dark and light modules, without its quiet zone.
public struct QRSymbol: Sendable {
  /// How much of the symbol may be damaged: about 7, 15, 25 and 30 %.
  public enum ErrorCorrection: String, Sendable, CaseIterable {
    case low = "L"
    case medium = "M"
    case quartile = "Q"
    case high = "H"
  }

  /// What version 40 holds at level L in 8-bit mode.
  public static let maximumByteCount = 2953
  /// Light modules that must surround the symbol, on each side.
  public static let quietZone = 4

  /// 1 to 40.
  public let version: Int
  /// The level in use: the highest that leaves the symbol at its smallest.
  public let errorCorrection: ErrorCorrection
  /// Modules on a side, quiet zone not included: 17 + 4 · version.
  public let width: Int
  private let dark: [Bool]

  /// Encodes bytes in 8-bit mode. The version is the smallest one that holds them, so that the symbol fits a terminal;
  /// what room is left there goes to error correction.
  public init(encoding bytes: Span<UInt8>) throws(QRCodeError) {
    guard (1...Self.maximumByteCount).contains(bytes.count) else { throw .invalidLength(byteCount: bytes.count) }
    var best = try Self(encoding: bytes, errorCorrection: .low, version: 0)
    for level in [ErrorCorrection.medium, .quartile, .high] {
      // libqrencode takes a larger version when the data does not fit the one that is asked for.
      guard let stronger = try? Self(encoding: bytes, errorCorrection: level, version: best.version),
        stronger.version == best.version
      else { break }
      best = stronger
    }
    self = best
  }

  /// As ``init(encoding:)-(Span<UInt8>)``, for text, in UTF-8.
  public init(encoding text: String) throws(QRCodeError) {
    try self.init(encoding: Array(text.utf8).span)
  }

  private init(encoding bytes: Span<UInt8>, errorCorrection: ErrorCorrection, version: Int) throws(QRCodeError) {
    let made = unsafe bytes.withUnsafeBufferPointer {
      unsafe QRcode_encodeData(Int32($0.count), $0.baseAddress, Int32(version), errorCorrection.level)
    }
    guard let code = unsafe made else { throw .library("libqrencode: \(unsafe String(cString: strerror(errno)))") }
    defer { unsafe QRcode_free(code) }
    let width = unsafe Int(code.pointee.width)
    guard let data = unsafe code.pointee.data else { throw .library("libqrencode gave no symbol") }
    self.version = unsafe Int(code.pointee.version)
    self.width = width
    self.errorCorrection = errorCorrection
    // The lowest bit of each byte is the module's colour (qrencode.h).
    dark = (0..<width * width).map { unsafe data[$0] & 1 == 1 }
  }

  /// Whether the module at `column` and `row` is dark; everything outside the symbol is light.
  public func isDark(column: Int, row: Int) -> Bool {
    guard (0..<width).contains(column), (0..<width).contains(row) else { return false }
    return dark[row * width + column]
  }

  /// Where the modules are, quiet zone included, in both directions.
  var extent: Range<Int> { -Self.quietZone..<width + Self.quietZone }
}

extension QRSymbol.ErrorCorrection {
  fileprivate var level: QRecLevel {
    switch self {
    case .low: QR_ECLEVEL_L
    case .medium: QR_ECLEVEL_M
    case .quartile: QR_ECLEVEL_Q
    case .high: QR_ECLEVEL_H
    }
  }
}
