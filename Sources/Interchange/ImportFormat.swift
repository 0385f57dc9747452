internal import JSONText
internal import OATH
public import OpenSSLCrypto

/// The formats of other programs that are read here; Aegis's is the vault's own.
public enum ImportFormat: String, Sendable, CaseIterable {
  case otpauth, google, twoFAS = "2fas", andOTP = "andotp", freeOTPPlus = "freeotp", bitwarden, ente
  case googleAuthenticator = "google-authenticator", oathUsers = "oath-users"
  case pskc
}

/// Recognises a file by what it holds, and reads it.
public enum Interchange {
  /// Reads a file.
  /// - Parameters:
  ///   - format: nil to recognise it.
  ///   - name: of the file, for formats that name no account.
  ///   - passphrase: asked for only if the file is encrypted.
  /// - Throws: ``ImportError`` where nothing at all could be read.
  public static func read(
    _ file: borrowing SecretBytes, as format: ImportFormat?, name: String, passphrase: ImportPassphrase
  ) throws -> ImportReport {
    // What is wrong with a whole file is the file's fault, in whatever words it was found.
    do { return try entries(of: file, as: format, name: name, passphrase: passphrase) } catch let error as EntryError {
      throw ImportError.broken("the file is damaged: \(error)")
    } catch let error as JSONError {
      throw ImportError.broken("the file is damaged: \(error)")
    } catch let error as CryptoError {
      throw ImportError.broken("the file is damaged: \(error)")
    }
  }

  private static func entries(
    of file: borrowing SecretBytes, as format: ImportFormat?, name: String, passphrase: ImportPassphrase
  ) throws -> ImportReport {
    let json = file.withBytes { try? JSONValue(parsing: $0) }
    guard let format = try format ?? recognise(file, json: json) else { throw ImportError.unrecognised }
    switch format {
    case .otpauth, .google: return file.withBytes { OTPAuthLines.read($0) }
    case .googleAuthenticator: return file.withBytes { GoogleAuthenticatorState.read($0, name: name) }
    case .oathUsers: return try file.withBytes { try OATHUsers.read($0) }
    case .pskc: return try file.withBytes { try PSKC.read($0, passphrase: passphrase) }
    case .ente:
      guard json == nil else {
        throw ImportError.unsupported(
          "an encrypted export of Ente Auth uses Argon2id and XChaCha20, which libcrypto 3.0 lacks: export as plain text"
        )
      }
      return file.withBytes { OTPAuthLines.read($0) }
    case .andOTP:
      return try AndOTP.read(json ?? AndOTP.open(file, passphrase: passphrase.get()))
    case .bitwarden where json == nil: return try file.withBytes { try BitwardenCSV.read($0) }
    case .twoFAS, .freeOTPPlus, .bitwarden:
      guard let json else { throw ImportError.broken("the file is no JSON, or broken") }
      return switch format {
      case .twoFAS: try TwoFAS.read(json, passphrase: passphrase)
      case .freeOTPPlus: try FreeOTPPlus.read(json)
      default: try Bitwarden.read(json, passphrase: passphrase)
      }
    }
  }

  private static func recognise(_ file: borrowing SecretBytes, json: JSONValue?) throws -> ImportFormat? {
    if let json {
      if TwoFAS.recognises(json) { return .twoFAS }
      if FreeOTPPlus.recognises(json) { return .freeOTPPlus }
      if AndOTP.recognises(json) { return .andOTP }
      if json["kdfParams"] != nil, json["encryptedData"] != nil { return .ente }
      return Bitwarden.recognises(json) ? .bitwarden : nil
    }
    return try file.withBytes { text in
      if AndOTP.beginsLikeEncrypted(text) { return .andOTP }
      // It holds URIs too, perhaps: but what is cut out of broken JSON is not what was meant.
      if beginsLikeJSON(text) { throw ImportError.broken("the file begins like JSON, and is broken or cut off") }
      if PSKC.recognises(text) { return .pskc }
      if BitwardenCSV.recognises(text) { return .bitwarden }
      if OTPAuthLines.recognises(text) { return .otpauth }
      if GoogleAuthenticatorState.recognises(text) { return .googleAuthenticator }
      if OATHUsers.recognises(text) { return .oathUsers }
      return nil
    }
  }

  /// An object, or an array of objects, arrays or strings; not a heading such as `[work]`.
  private static func beginsLikeJSON(_ text: Span<UInt8>) -> Bool {
    var begun: [UInt8] = []
    for index in text.indices {
      if !" \t\r\n".utf8.contains(text[index]) { begun.append(text[index]) }
      if begun.count == 2 { break }
    }
    switch begun.first {
    case UInt8(ascii: "{"): return true
    case UInt8(ascii: "["): return begun.count < 2 || #"{["]"#.utf8.contains(begun[1])
    default: return false
    }
  }
}

extension SecretBytes {
  /// What some editors put before UTF-8, and is no part of what a file says.
  package static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Without it.
  public consuming func withoutByteOrderMark() -> SecretBytes {
    let mark = Self.byteOrderMark
    let count = withBytes { bytes in bytes.count >= 3 && mark.indices.allSatisfy { bytes[$0] == mark[$0] } ? 3 : 0 }
    return count == 0 ? self : withBytes { SecretBytes(copying: $0.extracting(count..<$0.count)) }
  }
}
