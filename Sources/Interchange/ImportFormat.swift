internal import JSONText
internal import OATH
public import OpenSSLCrypto

/// The formats of other programs that are read here; Aegis's is the vault's own.
public enum ImportFormat: String, Sendable, CaseIterable {
  case otpauth, google, twoFAS = "2fas", andOTP = "andotp", freeOTPPlus = "freeotp", bitwarden, ente
  case googleAuthenticator = "google-authenticator", oathUsers = "oath-users"
  case pskc, csv, oathCSV = "oath-csv", json, proton, stratum, duo, raivo, onePassword = "1password", authy
  case totpAuthenticator = "totp-authenticator", freeOTPXML = "freeotp-xml", keycloak, authelia

  /// The reader of a format that is JSON.
  var jsonImporter: (any JSONImporter.Type)? {
    switch self {
    case .twoFAS: TwoFAS.self
    case .andOTP: AndOTP.self
    case .freeOTPPlus: FreeOTPPlus.self
    case .bitwarden: Bitwarden.self
    case .json: URIStrings.self
    case .proton: ProtonAuthenticator.self
    case .stratum: Stratum.self
    case .duo: Duo.self
    case .raivo: Raivo.self
    case .onePassword: OnePassword.self
    case .authy: Authy.self
    case .keycloak: Keycloak.self
    case .otpauth, .google, .ente, .googleAuthenticator, .oathUsers, .pskc, .csv, .oathCSV, .totpAuthenticator,
      .freeOTPXML, .authelia:
      nil
    }
  }

  /// JSON is tried in this order: whatever holds a URI anywhere comes last.
  static let recognisedJSON: [ImportFormat] = [
    .twoFAS, .freeOTPPlus, .stratum, .proton, .keycloak, .onePassword, .duo, .raivo, .andOTP, .authy, .bitwarden, .json,
  ]
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
    } catch let error as OATHError {
      throw ImportError.broken("the file cannot be read: \(error)")
    }
  }

  private static func entries(
    of file: borrowing SecretBytes, as format: ImportFormat?, name: String, passphrase: ImportPassphrase
  ) throws -> ImportReport {
    // andOTP's encrypted files have no mark, and may begin like anything.
    let isArchive = format != .andOTP && file.withBytes { ZipArchive.recognises($0) }
    if isArchive {
      let content = try file.withBytes { try Archives.content(of: $0) }
      return try entries(of: content, as: format, name: name, passphrase: passphrase)
    }
    let text = format == .andOTP ? file.copy() : try file.withBytes { try TextDecoding.utf8($0) }
    let json = text.withBytes { try? JSONValue(parsing: $0) }
    guard let format = try format ?? recognise(text, json: json, name: name) else { throw ImportError.unrecognised }
    if format == .andOTP, json == nil {
      return try AndOTP.read(AndOTP.open(file, passphrase: passphrase.get()), passphrase: passphrase)
    }
    if format == .stratum, file.withBytes({ Stratum.isEncrypted($0) }) {
      return try Stratum.read(Stratum.open(file, passphrase: passphrase.get()), passphrase: passphrase)
    }
    if let importer = format.jsonImporter, format != .bitwarden || json != nil {
      guard let json else { throw ImportError.broken("the file is no JSON, or broken") }
      return try importer.read(json, passphrase: passphrase)
    }
    if format == .totpAuthenticator { return try TOTPAuthenticator.read(text, passphrase: passphrase.get()) }
    if format == .ente, json != nil {
      throw ImportError.unsupported(
        "an encrypted export of Ente Auth uses Argon2id and XChaCha20, which libcrypto 3.0 lacks: export as plain text")
    }
    return try text.withBytes { try lines(of: $0, as: format, name: name, passphrase: passphrase) }
  }

  /// Reads what is neither JSON nor encrypted as a whole.
  private static func lines(
    of text: Span<UInt8>, as format: ImportFormat, name: String, passphrase: ImportPassphrase
  ) throws -> ImportReport {
    switch format {
    case .googleAuthenticator: GoogleAuthenticatorState.read(text, name: name)
    case .oathUsers: try OATHUsers.read(text)
    case .pskc: try PSKC.read(text, passphrase: passphrase)
    case .freeOTPXML: try AndroidPreferences.read(text, passphrase: passphrase)
    case .csv, .bitwarden: try CSVAccounts.read(text)
    case .oathCSV: try OATHTokens.read(text)
    case .authelia: try AutheliaYAML.read(text)
    default: OTPAuthLines.read(text)
    }
  }

  private static func recognise(
    _ file: borrowing SecretBytes, json: JSONValue?, name: String
  ) throws -> ImportFormat? {
    if let json {
      if json["kdfParams"] != nil, json["encryptedData"] != nil { return .ente }
      if ProtonAuthenticator.isEncrypted(json) {
        throw ImportError.unsupported(
          "this is an encrypted export of Proton Authenticator, whose key needs Argon2id, which libcrypto 3.0 lacks: "
            + "export without a password")
      }
      return ImportFormat.recognisedJSON.first { $0.jsonImporter?.recognises(json) ?? false }
    }
    return try file.withBytes { text in
      if let reason = UnreadableFile.reason(text) { throw ImportError.unsupported(reason) }
      if Stratum.isEncrypted(text) { return .stratum }
      if AndOTP.beginsLikeEncrypted(text) { return .andOTP }
      if TOTPAuthenticator.recognises(name) { return .totpAuthenticator }
      // It holds URIs too, perhaps: but what is cut out of broken JSON is not what was meant.
      if beginsLikeJSON(text) { throw ImportError.broken("the file begins like JSON, and is broken or cut off") }
      if PSKC.recognises(text) { return .pskc }
      if AndroidPreferences.recognises(text) { return .freeOTPXML }
      if OATHTokens.recognises(text) { return .oathCSV }
      if CSVAccounts.recognises(text) { return .csv }
      if AutheliaYAML.recognises(text) { return .authelia }
      if OTPAuthLines.recognises(text) { return .otpauth }
      if GoogleAuthenticatorState.recognises(text) { return .googleAuthenticator }
      return OATHUsers.recognises(text) ? .oathUsers : nil
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
}
