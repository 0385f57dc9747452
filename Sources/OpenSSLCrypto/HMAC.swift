internal import COpenSSL

/// HMAC (RFC 2104) with the key set once and then as many messages as are wanted.
///
/// Restarting the context without a key costs about half of giving the key again, which is what makes a search over
/// thousands of steps of one device cheap.
@safe
public struct HMAC: ~Copyable {
  private let context: OpaquePointer
  /// The hash under the HMAC.
  public let algorithm: HashAlgorithm

  /// - Throws: ``CryptoError/invalidLength(what:count:)`` for an empty key.
  public init(_ algorithm: HashAlgorithm, key: borrowing SecretBytes) throws(CryptoError) {
    guard key.count > 0 else { throw .invalidLength(what: "an HMAC key", count: 0) }
    guard let pattern = unsafe algorithm.pattern?.context, let made = unsafe EVP_MAC_CTX_dup(pattern) else {
      throw .drainingQueue(after: "making an HMAC")
    }
    let started = key.withBytes { bytes in
      unsafe bytes.withUnsafeBufferPointer { unsafe EVP_MAC_init(made, $0.baseAddress, $0.count, nil) }
    }
    guard started == 1 else {
      unsafe EVP_MAC_CTX_free(made)
      throw .drainingQueue(after: "setting an HMAC key")
    }
    self.algorithm = algorithm
    unsafe context = made
  }

  deinit { unsafe EVP_MAC_CTX_free(context) }

  /// Reads the authentication code of one message, under the key given at the start: 20, 32 or 64 bytes.
  ///
  /// They are read where libcrypto has written them: copies of what was just written took as long as a tenth of the HMAC.
  @inlinable public mutating func withAuthenticationCode<R: ~Copyable>(
    of message: Span<UInt8>, _ body: (Span<UInt8>) -> R
  ) throws(CryptoError) -> R {
    var storage = [64 of UInt8](repeating: 0)
    var code = storage.mutableSpan
    try compute(message, &code)
    return body(code.span.extracting(first: algorithm.byteCount))
  }

  @usableFromInline mutating func compute(
    _ message: Span<UInt8>, _ code: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    var written = 0
    let finished = unsafe message.withUnsafeBufferPointer { input in
      unsafe code.withUnsafeMutableBufferPointer { output in
        unsafe EVP_MAC_init(context, nil, 0, nil) == 1
          && EVP_MAC_update(context, input.baseAddress, input.count) == 1
          && EVP_MAC_final(context, output.baseAddress, &written, output.count) == 1
      }
    }
    guard finished, written == algorithm.byteCount else { throw .drainingQueue(after: "computing an HMAC") }
  }
}

/// A context that is copied for every key: looking up the provider's HMAC and its hash by name costs more than a code does.
@safe
private struct ContextPattern: @unchecked Sendable {
  // @unchecked Sendable: `make` has given it its key before anybody else sees it, and after that it is only ever the source
  // of EVP_MAC_CTX_dup, which reads it and counts the references to its HMAC and hash atomically. It is never freed.
  let context: OpaquePointer

  /// It gets a key of zeros, without which libcrypto does not copy it; a copy gets its own before it is used.
  static func make(_ algorithm: HashAlgorithm) -> ContextPattern? {
    guard let mac = unsafe EVP_MAC_fetch(nil, "HMAC", nil) else { return nil }
    // The context holds on to it.
    defer { unsafe EVP_MAC_free(mac) }
    guard let context = unsafe EVP_MAC_CTX_new(mac) else { return nil }
    var name = Array(algorithm.rawValue.utf8CString)
    let key = [UInt8](repeating: 0, count: 32)
    let isMade = unsafe name.withUnsafeMutableBufferPointer { name in
      let parameters = unsafe [
        OSSL_PARAM_construct_utf8_string(ParameterName.digest, name.baseAddress, 0), OSSL_PARAM_construct_end(),
      ]
      return unsafe EVP_MAC_init(context, key, key.count, parameters) == 1
    }
    guard isMade else {
      unsafe EVP_MAC_CTX_free(context)
      return nil
    }
    return unsafe ContextPattern(context: context)
  }

  static let sha1 = make(.sha1), sha256 = make(.sha256), sha512 = make(.sha512)
}

extension HashAlgorithm {
  fileprivate var pattern: ContextPattern? {
    switch self {
    case .sha1: .sha1
    case .sha256: .sha256
    case .sha512: .sha512
    }
  }
}
