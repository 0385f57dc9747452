internal import COpenSSL

/// Why a cryptographic operation gave no result. Never holds key material.
public enum CryptoError: Error, Equatable, Sendable {
  /// The tag does not fit the ciphertext, the key and the associated data: one of them is not what was sealed.
  case authenticationFailed
  /// An argument has a length that the primitive does not take; `what` names it, `count` is in bytes.
  case invalidLength(what: String, count: Int)
  /// A work factor that is not valid, or would need more memory than the bound.
  case invalidCost(String)
  /// libcrypto refused; `reasons` is its error queue, oldest first.
  case library(operation: String, reasons: [String])
}

extension CryptoError: CustomStringConvertible {
  /// One line in lower case, fit to follow `vmfa: error: `.
  public var description: String {
    switch self {
    case .authenticationFailed: "the sealed data does not open with this key"
    case .invalidLength(let what, let count): "\(what) of \(count) bytes is not allowed"
    case .invalidCost(let reason): reason
    case .library(let operation, let reasons):
      reasons.isEmpty ? "\(operation) failed in libcrypto" : "\(operation): \(reasons.joined(separator: "; "))"
    }
  }

  /// Drains this thread's OpenSSL error queue, so that no later failure reports this one's reasons.
  static func drainingQueue(after operation: String) -> CryptoError {
    var reasons: [String] = []
    while case let code = ERR_get_error(), code != 0 {
      var text = [CChar](repeating: 0, count: 256)
      unsafe text.withUnsafeMutableBufferPointer { buffer in
        unsafe ERR_error_string_n(code, buffer.baseAddress, buffer.count)
      }
      reasons.append(String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
    }
    return .library(operation: operation, reasons: reasons)
  }
}
