/// The keys of the OSSL_PARAMs in use (openssl/core_names.h). libcrypto keeps the pointer, not the text, so the text
/// must outlive the parameter: a C macro, imported as a `String`, would not; a literal lives as long as the program.
enum ParameterName {
  static var digest: UnsafePointer<CChar> { unsafe pointer(to: "digest") }
  static var passphrase: UnsafePointer<CChar> { unsafe pointer(to: "pass") }
  static var salt: UnsafePointer<CChar> { unsafe pointer(to: "salt") }
  static var scryptN: UnsafePointer<CChar> { unsafe pointer(to: "n") }
  static var scryptR: UnsafePointer<CChar> { unsafe pointer(to: "r") }
  static var scryptP: UnsafePointer<CChar> { unsafe pointer(to: "p") }
  static var scryptMemory: UnsafePointer<CChar> { unsafe pointer(to: "maxmem_bytes") }

  private static func pointer(to literal: StaticString) -> UnsafePointer<CChar> {
    unsafe UnsafeRawPointer(literal.utf8Start).assumingMemoryBound(to: CChar.self)
  }
}
