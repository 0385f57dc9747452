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
    guard let mac = unsafe FetchedMAC.hmac?.pointer, let made = unsafe EVP_MAC_CTX_new(mac) else {
      throw .drainingQueue(after: "making an HMAC")
    }
    let started = unsafe algorithm.withParameters { parameters in
      key.withBytes { bytes in
        unsafe bytes.withUnsafeBufferPointer {
          unsafe EVP_MAC_init(made, $0.baseAddress, $0.count, parameters)
        }
      }
    }
    guard started == 1 else {
      unsafe EVP_MAC_CTX_free(made)
      throw .drainingQueue(after: "setting an HMAC key")
    }
    self.algorithm = algorithm
    unsafe context = made
  }

  deinit { unsafe EVP_MAC_CTX_free(context) }

  /// The authentication code of one message, under the key given at the start.
  public mutating func authenticationCode(for message: Span<UInt8>) throws(CryptoError) -> AuthenticationCode {
    var code = AuthenticationCode(count: algorithm.byteCount)
    var written = 0
    let finished = unsafe message.withUnsafeBufferPointer { input in
      unsafe code.withMutableBytes { output in
        unsafe EVP_MAC_init(context, nil, 0, nil) == 1
          && EVP_MAC_update(context, input.baseAddress, input.count) == 1
          && EVP_MAC_final(context, output.baseAddress, &written, output.count) == 1
      }
    }
    guard finished, written == algorithm.byteCount else { throw .drainingQueue(after: "computing an HMAC") }
    return code
  }
}

/// The output of an ``HMAC``: 20, 32 or 64 bytes, held without a heap allocation.
public struct AuthenticationCode: Sendable {
  @usableFromInline var storage: [64 of UInt8] = .init(repeating: 0)
  /// Length in bytes.
  public let count: Int

  fileprivate init(count: Int) { self.count = count }

  /// The byte at `index`, from 0 up to ``count``.
  @inlinable public subscript(index: Int) -> UInt8 { storage[index] }

  /// Reads the bytes.
  public func withBytes<R: ~Copyable, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
    try body(storage.span.extracting(first: count))
  }

  fileprivate mutating func withMutableBytes<R>(_ body: (UnsafeMutableBufferPointer<UInt8>) -> R) -> R {
    var span = storage.mutableSpan
    return unsafe span.withUnsafeMutableBufferPointer { unsafe body($0) }
  }
}

/// The provider's HMAC, looked up once for the life of the program.
@safe
private struct FetchedMAC: @unchecked Sendable {
  // @unchecked Sendable: an EVP_MAC is immutable after the fetch and counted atomically by libcrypto (EVP_MAC(3)).
  let pointer: OpaquePointer

  static let hmac: FetchedMAC? = {
    guard let mac = unsafe EVP_MAC_fetch(nil, "HMAC", nil) else { return nil }
    return unsafe FetchedMAC(pointer: mac)
  }()
}

extension HashAlgorithm {
  /// The OSSL_PARAM list that names this digest.
  fileprivate func withParameters<R>(_ body: (UnsafePointer<OSSL_PARAM>) -> R) -> R {
    var name = Array(rawValue.utf8CString)
    return unsafe name.withUnsafeMutableBufferPointer { text in
      let parameters = unsafe [
        OSSL_PARAM_construct_utf8_string(ParameterName.digest, text.baseAddress, 0), OSSL_PARAM_construct_end(),
      ]
      return unsafe parameters.withUnsafeBufferPointer { list in
        // Two entries were put in two lines above: there is a base address.
        unsafe list.baseAddress.map { unsafe body($0) }.unsafelyUnwrapped
      }
    }
  }
}
