import Foundation
import Subprocess
import Testing

/// The real decoder: zbarimg of zbar-tools.
enum ZBar {
  /// The text in an image file's bytes (PNG, PGM), or nil where no symbol is found.
  static func decode(_ image: [UInt8]) async throws -> String? {
    let file = FileManager.default.temporaryDirectory.appending(path: "vmfa-\(UUID().uuidString)")
    try Data(image).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let result = try await run(
      .name("zbarimg"), arguments: ["-q", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", file.path],
      output: .string(limit: 1 << 16), error: .discarded)
    guard case .exited(0) = result.terminationStatus else { return nil }
    return result.standardOutput.hasSuffix("\n") ? String(result.standardOutput.dropLast()) : result.standardOutput
  }
}
