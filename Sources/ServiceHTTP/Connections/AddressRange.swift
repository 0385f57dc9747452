internal import Foundation
internal import OATH

/// Addresses of one network, as `10.0.0.0/8`, `192.0.2.7` or `fd00::/8`: proxies that are believed.
package struct AddressRange: Sendable, Equatable {
  private let bytes: [UInt8]
  private let prefixLength: Int

  /// nil for anything else.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let bytes = Self.bytes(of: parts[0]) else { return nil }
    self.bytes = bytes
    guard parts.count == 2 else {
      prefixLength = bytes.count * 8
      return
    }
    guard let length = Int(parts[1]), (0...bytes.count * 8).contains(length) else { return nil }
    prefixLength = length
  }

  package func contains(_ address: String) -> Bool {
    guard let other = Self.bytes(of: address), other.count == bytes.count else { return false }
    return (0..<prefixLength).allSatisfy { bit in
      (bytes[bit / 8] ^ other[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0
    }
  }

  /// Whether these are the bytes of an address of this machine.
  package static func isLoopback(_ bytes: [UInt8]) -> Bool {
    bytes.count == 4 ? bytes[0] == 127 : bytes == Array(repeating: 0, count: 15) + [1]
  }

  /// The network that an address belongs to, in hexadecimal: whoever has one IPv6 address has 2⁶⁴ of them. nil for this
  /// machine, which many clients of a proxy share, and for no address.
  package static func network(of address: String?) -> String? {
    guard let address, let bytes = bytes(of: address), !isLoopback(bytes) else { return nil }
    return (bytes.count == 4 ? bytes : Array(bytes.prefix(8))).hexadecimal
  }

  /// The bytes of an address; those of an IPv4 address also where it is written as an IPv6 one.
  package static func bytes(of address: String) -> [UInt8]? {
    var four = in_addr(), six = in6_addr()
    if unsafe inet_pton(AF_INET, address, &four) == 1 { return unsafe withUnsafeBytes(of: four) { unsafe Array($0) } }
    guard unsafe inet_pton(AF_INET6, address, &six) == 1 else { return nil }
    let bytes = unsafe withUnsafeBytes(of: six) { unsafe Array($0) }
    let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10...11].allSatisfy { $0 == 0xFF }
    return isMapped ? Array(bytes.suffix(4)) : bytes
  }
}

/// Whose word about a client's address is taken.
package struct ProxyTrust: Sendable {
  package let proxies: [AddressRange]
  /// Whether whoever speaks through a Unix socket is one of them.
  package var trustsUnixSocket = false

  package init(proxies: [AddressRange], trustsUnixSocket: Bool = false) {
    self.proxies = proxies
    self.trustsUnixSocket = trustsUnixSocket
  }

  /// The address of the client. `X-Forwarded-For` is believed from a trusted proxy only, and in it, from the right, as far
  /// as the next one is trusted too: what is left of that anybody may have written.
  package func source(peer: String?, forwardedFor values: [String]) -> String? {
    trusts(peer) ? lastUntrusted(of: values) ?? peer : peer
  }

  /// Whether whoever speaks to us is a proxy that is believed; nil speaks through a Unix socket.
  package func trusts(_ peer: String?) -> Bool {
    guard let peer else { return trustsUnixSocket }
    return proxies.contains { $0.contains(peer) }
  }

  private func lastUntrusted(of values: [String]) -> String? {
    let addresses = values.flatMap { $0.split(separator: ",") }.map { Self.withoutPort($0.filter { $0 != " " }) }
    var nearest: String?
    for address in addresses.reversed() {
      guard AddressRange.bytes(of: address) != nil else { break }
      nearest = address
      if !proxies.contains(where: { $0.contains(address) }) { break }
    }
    return nearest
  }

  /// Some proxies write `203.0.113.9:443` and `[2001:db8::1]:443`.
  private static func withoutPort(_ text: String) -> String {
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      return String(text[text.index(after: text.startIndex)..<end])
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count == 2 ? String(parts[0]) : text
  }
}
