internal import COpenSSL

/// What becomes of libcrypto's own state when the process ends.
public enum LibraryCleanup {
  /// Has libcrypto stay as it is to the very end. To be called before anything else of it is used; later it does nothing.
  ///
  /// Otherwise `exit` takes apart what threads that are still there may be using: one that has drawn random bytes gives up
  /// its generator as it ends, and crashes where that is gone (OPENSSL_init_crypto(3), OPENSSL_INIT_NO_ATEXIT).
  public static func leaveToSystem() { _ = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil) }
}
