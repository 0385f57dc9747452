internal import DurableFiles
internal import OATH
internal import OpenSSLCrypto

/// A master key in a file of mode 0600: 64 hexadecimal digits and a newline, or 32 bytes as they are.
public enum MasterKeyFile {
  /// Reads a key.
  /// - Throws: ``VerifierError/masterKey(reason:hint:)``.
  public static func read(_ path: String) throws(VerifierError) -> MasterKey {
    let content: SecretBytes
    do throws(FileError) { content = try DurableFile.readSecret(at: path, limit: 4096) } catch {
      throw .masterKey(reason: error.masterKeyReason, hint: error.masterKeyHint)
    }
    return try key(in: content, path: path)
  }

  /// Reads the key, after making one where there is no file. Of several that do this at once, all get the same key.
  /// Only for a store that holds nothing sealed: ``KeyRing/init(opening:keyFile:makingKey:)`` sees to that.
  package static func readOrCreate(_ path: String) throws(VerifierError) -> MasterKey {
    let text = try MasterKey.random().withBytes { key in key.withBytes(hexadecimalLine) }
    do throws(FileError) {
      try text.withBytes { (text) throws(FileError) in try DurableFile.write(text, to: path, .keeping) }
    } catch .exists {
      // The key of whoever came first is the key.
    } catch { throw .masterKey(reason: "the master key cannot be made: \(error)", hint: nil) }
    return try read(path)
  }

  private static func key(in content: borrowing SecretBytes, path: String) throws(VerifierError) -> MasterKey {
    if content.count == MasterKey.byteCount { return try MasterKey(content.copy()) }
    let digits =
      content.withBytes { $0.count > 0 && $0[$0.count - 1] == UInt8(ascii: "\n") }
      ? content.count - 1 : content.count
    guard digits == 2 * MasterKey.byteCount else {
      throw .masterKey(
        reason: "the master key \(path) has the wrong length",
        hint: "it holds \(MasterKey.byteCount) bytes, as \(2 * MasterKey.byteCount) hexadecimal digits or as they are")
    }
    let key = try SecretBytes(count: MasterKey.byteCount) { bytes throws(VerifierError) in
      for index in 0..<MasterKey.byteCount {
        let pair = content.withBytes { ($0[2 * index].hexadecimalValue, $0[2 * index + 1].hexadecimalValue) }
        guard let high = pair.0, let low = pair.1 else {
          throw .masterKey(reason: "the master key \(path) is not hexadecimal", hint: nil)
        }
        bytes[index] = high << 4 | low
      }
    }
    return try MasterKey(key)
  }

  private static func hexadecimalLine(_ bytes: Span<UInt8>) -> SecretBytes {
    let digits = Array("0123456789abcdef".utf8)
    return SecretBytes(count: 2 * bytes.count + 1) { line in
      for index in bytes.indices {
        line[2 * index] = digits[Int(bytes[index] >> 4)]
        line[2 * index + 1] = digits[Int(bytes[index] & 15)]
      }
      line[2 * bytes.count] = UInt8(ascii: "\n")
    }
  }
}

extension FileError {
  fileprivate var masterKeyReason: String {
    if case .missing(let path) = self { "the master key \(path) is missing" } else { "the master key \(self)" }
  }

  fileprivate var masterKeyHint: String? {
    switch self {
    case .missing: "seeds cannot be read without it: restore it from a backup, or name it with --key-file"
    case .unsafe(let path, _): "chmod 600 \(path), and see to who read it meanwhile"
    case .exists, .unusable, .failed: nil
    }
  }
}
