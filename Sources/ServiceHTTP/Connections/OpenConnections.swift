internal import HummingbirdCore
package import NIOCore
internal import Synchronization

/// Counts connections. Beyond the limit for all, new ones wait in the kernel's queue; beyond the limit for one network, they
/// are closed, so that one client cannot take the places of all others.
package final class OpenConnections: AvailableConnectionsDelegate {
  private let limit, limitPerNetwork: Int
  private let proxies: ProxyTrust
  private let open = Atomic<Int>(0)
  /// Connections by ``AddressRange/network(of:)``.
  private let networks = Mutex<[String: Int]>([:])

  /// - Parameters:
  ///   - limit: connections at once.
  ///   - limitPerNetwork: of them, from one IPv4 address or IPv6 /64; 0 for any number. This machine and proxies that are
  ///     trusted have no such limit: they speak for many.
  ///   - proxies: those that are trusted.
  package init(limit: Int, limitPerNetwork: Int, proxies: ProxyTrust) {
    self.limit = limit
    self.limitPerNetwork = limitPerNetwork
    self.proxies = proxies
  }

  package var count: Int { open.load(ordering: .relaxed) }
  package func connectionOpened() { open.wrappingAdd(1, ordering: .relaxed) }
  package func connectionClosed() { open.wrappingSubtract(1, ordering: .relaxed) }
  package func isAcceptingNewConnections() -> Bool { count < limit }

  /// Counts a connection for its network until it is closed.
  /// - Returns: false, and counts nothing, where the network has as many as it may have.
  package func admit(_ channel: any Channel) -> Bool {
    let peer = channel.remoteAddress?.ipAddress
    guard limitPerNetwork > 0, !proxies.trusts(peer), let network = AddressRange.network(of: peer) else { return true }
    let isAdmitted = networks.withLock { networks in
      guard networks[network, default: 0] < limitPerNetwork else { return false }
      networks[network, default: 0] += 1
      return true
    }
    if isAdmitted { channel.closeFuture.whenComplete { [self] _ in left(network) } }
    return isAdmitted
  }

  private func left(_ network: String) {
    networks.withLock { networks in
      guard let count = networks[network], count > 1 else { return networks[network] = nil }
      networks[network] = count - 1
    }
  }
}
