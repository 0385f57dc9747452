internal import NIOCore
internal import NIOSSL
internal import Synchronization

/// The certificate that TLS shows, read again when it is renewed.
final class CertificateStore: Sendable {
  private let certificatePath, keyPath: String
  private let current: Mutex<Identity>

  private struct Identity {
    let chain: [NIOSSLCertificateSource]
    let key: NIOSSLPrivateKeySource
  }

  /// - Throws: ``ConfigurationError`` for files that cannot be read, or do not belong together.
  init(certificate: String, key: String) throws {
    certificatePath = certificate
    keyPath = key
    current = Mutex(try Self.load(certificate, key))
  }

  /// Reads both files again; where that fails, the old ones stay in use.
  func reload() throws {
    let next = try Self.load(certificatePath, keyPath)
    current.withLock { $0 = next }
  }

  private static func load(_ certificate: String, _ key: String) throws -> Identity {
    do {
      let chain = try NIOSSLCertificate.fromPEMFile(certificate).map { NIOSSLCertificateSource.certificate($0) }
      guard !chain.isEmpty else { throw ConfigurationError("\(certificate) holds no certificate") }
      let key = NIOSSLPrivateKeySource.privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
      // Says whether they belong together.
      _ = try NIOSSLContext(configuration: .makeServerConfiguration(certificateChain: chain, privateKey: key))
      return Identity(chain: chain, key: key)
    } catch let error as ConfigurationError { throw error } catch {
      throw ConfigurationError("the certificate \(certificate) with the key \(key) cannot be used: \(error)")
    }
  }

  func serverConfiguration() -> TLSConfiguration {
    let identity = current.withLock { $0 }
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: identity.chain, privateKey: identity.key)
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["http/1.1"]
    configuration.sslContextCallback = { [self] _, promise in
      let identity = current.withLock { $0 }
      var shown = NIOSSLContextConfigurationOverride()
      shown.certificateChain = identity.chain
      shown.privateKey = identity.key
      promise.succeed(shown)
    }
    return configuration
  }
}
