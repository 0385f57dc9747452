internal import CPNG

extension QRSymbol {
  /// The symbol with its quiet zone as a PNG file, 8-bit grey.
  /// - Parameter scale: pixels on the side of a module, 1 to 64.
  public func png(scale: Int = 8) throws(QRCodeError) -> [UInt8] {
    guard (1...64).contains(scale) else { throw .library("a module is 1 to 64 pixels wide, not \(scale)") }
    let size = extent.count * scale
    let pixels = extent.flatMap { row in
      let line = extent.flatMap { column in
        repeatElement(isDark(column: column, row: row) ? 0 : 255 as UInt8, count: scale)
      }
      return repeatElement(line, count: scale).joined()
    }
    var image = unsafe png_image()
    unsafe image.version = png_uint_32(PNG_IMAGE_VERSION)
    unsafe image.width = png_uint_32(size)
    unsafe image.height = png_uint_32(size)
    unsafe image.format = png_uint_32(PNG_FORMAT_GRAY)
    defer { unsafe png_image_free(&image) }

    // Asked first without memory, libpng tells how much it needs.
    var byteCount = 0
    guard unsafe png_image_write_to_memory(&image, nil, &byteCount, 0, pixels, 0, nil) != 0 else {
      throw unsafe Self.pngError(&image)
    }
    var file = [UInt8](repeating: 0, count: byteCount)
    guard unsafe png_image_write_to_memory(&image, &file, &byteCount, 0, pixels, 0, nil) != 0 else {
      throw unsafe Self.pngError(&image)
    }
    return Array(file.prefix(byteCount))
  }

  private static func pngError(_ image: inout png_image) -> QRCodeError {
    let message = unsafe withUnsafeBytes(of: &image.message) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    return .library("libpng: \(message)")
  }
}
