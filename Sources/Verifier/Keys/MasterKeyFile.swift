internal import DurableFiles
internal import OATH
package import OpenSSLCrypto

/// A master key in a file of mode 0600: 64 hexadecimal digits in one line, or 32 bytes as they are.
public enum MasterKeyFile {
  /// Reads a key.
  /// - Throws: ``VerifierError/masterKey(reason:hint:)``.
  public static func read(_ path: String) throws(VerifierError) -> MasterKey {
    let content: SecretBytes
    do throws(FileError) { content = try DurableFile.readSecret(at: path, limit: 4096) } catch {
      throw .masterKey(reason: error.masterKeyReason, hint: error.masterKeyHint)
    }
    return try key(in: content, from: path)
  }

  /// Reads a key that the system's manager of services hands out: there the folder, and not the mode of the file, keeps
  /// others away.
  package static func readCredential(_ path: String) throws(VerifierError) -> MasterKey {
    let content: SecretBytes
    do throws(FileError) { content = try DurableFile.read(at: path, limit: 4096, .files) } catch {
      throw .masterKey(reason: error.masterKeyReason, hint: nil)
    }
    return try key(in: content, from: path)
  }

  /// Makes a key where there is no file. Only for a store that holds nothing sealed.
  package static func makeIfMissing(_ path: String) throws(VerifierError) {
    // An unreadable file or a link is told of when it is read.
    if (try? DurableFile.kind(of: path, followingLinks: true)) == .some(nil) { _ = try readOrCreate(path) }
  }

  /// Reads the key, after making one where there is no file. Of several that do this at once, all get the same key.
  /// Only for a store that holds nothing sealed: ``KeyRing/init(opening:keyFile:makingKey:)`` sees to that.
  package static func readOrCreate(_ path: String) throws(VerifierError) -> MasterKey {
    do throws(FileError) { try DurableFile.makeFolder(at: DurableFile.parent(of: path)) } catch {
      throw .masterKey(reason: "the master key cannot be made: \(error)", hint: nil)
    }
    let text = try MasterKey.random().withBytes { key in key.withBytes(hexadecimalLine) }
    do throws(FileError) {
      try text.withBytes { (text) throws(FileError) in try DurableFile.write(text, to: path, .keeping) }
    } catch .exists {
      // The key of whoever came first is the key.
    } catch { throw .masterKey(reason: "the master key cannot be made: \(error)", hint: nil) }
    return try read(path)
  }

  /// The key in what `origin` holds or printed.
  package static func key(in content: borrowing SecretBytes, from origin: String) throws(VerifierError) -> MasterKey {
    if content.count == MasterKey.byteCount { return try MasterKey(content.copy()) }
    let line: SecretBytes
    do throws(OATHError) {
      line = try content.withBytes { (text) throws(OATHError) in try SecretLine.read(text) }
    } catch { throw .masterKey(reason: "the master key from \(origin): \(error)", hint: nil) }
    guard line.count == 2 * MasterKey.byteCount else {
      throw .masterKey(
        reason: "the master key from \(origin) has the wrong length",
        hint: "it holds \(MasterKey.byteCount) bytes, as \(2 * MasterKey.byteCount) hexadecimal digits or as they are")
    }
    let key: SecretBytes
    do throws(OATHError) {
      key = try line.withBytes { (text) throws(OATHError) in try SecretBytes(hexadecimal: text) }
    } catch { throw .masterKey(reason: "the master key from \(origin) is not hexadecimal", hint: nil) }
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
