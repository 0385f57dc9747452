internal import CPNG

/// A PNG file as a scanner of QR codes wants it: without transparency.
public enum PNGPicture {
  /// The most pixels that are decoded.
  private static let maximumPixelCount = 1 << 26

  /// The picture of a PNG file with transparent pixels, on a ground of one grey, as a PGM file (Netpbm, 8 bits a pixel).
  ///
  /// Scanners look at the colours of transparent pixels, which nobody sees and which are black in most files.
  /// - Parameter ground: 255 for white, 0 for black.
  /// - Returns: nil for a file that is no PNG, has no transparency, or cannot be decoded.
  public static func flattened(_ file: [UInt8], ground: UInt8) -> [UInt8]? {
    var image = unsafe png_image()
    unsafe image.version = png_uint_32(PNG_IMAGE_VERSION)
    defer { unsafe png_image_free(&image) }
    guard unsafe png_image_begin_read_from_memory(&image, file, file.count) != 0,
      unsafe image.format & png_uint_32(PNG_FORMAT_FLAG_ALPHA) != 0
    else { return nil }
    let (width, height) = unsafe (Int(image.width), Int(image.height))
    guard width * height <= maximumPixelCount else { return nil }
    unsafe image.format = png_uint_32(PNG_FORMAT_GRAY)
    var pixels = [UInt8](repeating: 0, count: width * height), colour = png_color()
    (colour.red, colour.green, colour.blue) = (ground, ground, ground)
    guard unsafe png_image_finish_read(&image, &colour, &pixels, 0, nil) != 0 else { return nil }
    return Array("P5\n\(width) \(height)\n255\n".utf8) + pixels
  }
}
