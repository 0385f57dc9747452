package import Logging
internal import Synchronization

/// Warns, once, of a proxy on this machine that `--behind-proxy` does not name. All its clients then have the proxy's
/// loopback address, for which there are no limits per address.
package final class UnknownProxyWarning: Sendable {
  private let proxies: ProxyTrust
  private let logger: Logger
  private let isDone = Atomic<Bool>(false)

  package init(proxies: ProxyTrust, logger: Logger) {
    self.proxies = proxies
    self.logger = logger
  }

  /// - Parameter peer: the address of whoever sent the header; nil for a Unix socket.
  package func forwardedForWasSent(by peer: String?) {
    guard !proxies.trusts(peer), Self.isLocal(peer), !isDone.exchange(true, ordering: .relaxed) else { return }
    logger.warning(
      """
      \(peer ?? "a client of the Unix socket") sends X-Forwarded-For, and --behind-proxy does not name it: tries to sign in \
      and connections are not limited per client. If this is your proxy, add --behind-proxy \(peer ?? "unix")
      """)
  }

  private static func isLocal(_ peer: String?) -> Bool {
    peer.flatMap(AddressRange.bytes).map(AddressRange.isLoopback) ?? true
  }
}
