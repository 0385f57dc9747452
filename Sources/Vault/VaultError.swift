public import DurableFiles
public import OATH
public import OpenSSLCrypto

/// Why a vault was not opened or changed; in every case it is as it was. Never holds a secret or a passphrase.
public enum VaultError: Error, Equatable, Sendable {
  /// There is no vault yet.
  case missing(path: String)
  /// There is one already.
  case exists(path: String)
  /// The file is no vault, or damaged.
  case broken(String)
  /// No password slot opens with the passphrase.
  case wrongPassphrase
  /// Nothing is no passphrase.
  case emptyPassphrase
  /// The file could not be read or written.
  case file(FileError)
  /// A value could not be made.
  case oath(OATHError)
  /// libcrypto gave no result.
  case crypto(CryptoError)
}

extension VaultError: CustomStringConvertible {
  /// One line in lower case, fit to follow `vmfa: error: `.
  public var description: String {
    switch self {
    case .missing(let path): "there is no vault at \(path)"
    case .exists(let path): "there is a vault at \(path) already"
    case .broken(let reason): "the vault cannot be read: \(reason)"
    case .emptyPassphrase: "the new passphrase is empty"
    case .wrongPassphrase: "the passphrase does not open the vault"
    case .file(let error): error.description
    case .oath(let error): error.description
    case .crypto(let error): error.description
    }
  }
}
