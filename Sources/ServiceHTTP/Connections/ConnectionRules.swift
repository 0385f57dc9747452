package import NIOCore
package import NIOHTTP1

/// What HTTP/1.1 asks of whoever answers, and what stands above does not see to (RFC 9112 §3.2, §9; RFC 9110 §10.1.1): a
/// request that does not have one Host is refused, one that is the last of its connection is known as such in every
/// spelling, and who waits to be told that a body is wanted is told.
package final class ConnectionRules: ChannelDuplexHandler, RemovableChannelHandler {
  package typealias InboundIn = HTTPServerRequestPart
  package typealias InboundOut = HTTPServerRequestPart
  package typealias OutboundIn = HTTPServerResponsePart
  package typealias OutboundOut = HTTPServerResponsePart

  private let bodyLimit: Int
  /// For each request that is not answered yet, whether it is the last one.
  private var unanswered = CircularBuffer<Bool>()
  /// Whether the newest of them waits with its body until it is told to go on.
  private var waits = false
  private var isRefused = false

  /// - Parameter bodyLimit: bytes of a body that is wanted.
  package init(bodyLimit: Int) { self.bodyLimit = bodyLimit }

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isRefused else { return }
    guard case .head(var head) = unwrapInboundIn(data) else {
      waits = false
      return context.fireChannelRead(data)
    }
    guard head.version == .http1_0 || head.headers["host"].count == 1 else {
      isRefused = true
      return context.fireErrorCaught(HTTPParserError.invalidHeaderToken)
    }
    let isLast = head.isLast
    // As it is looked for above.
    if isLast { head.headers.replaceOrAdd(name: "connection", value: "close") }
    unanswered.append(isLast)
    waits = head.waits(withUpTo: bodyLimit)
    tellToGoOn(context)
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }

  package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(var head) where unanswered.first == true:
      head.headers.replaceOrAdd(name: "connection", value: "close")
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .end:
      context.write(data, promise: promise)
      _ = unanswered.popFirst()
      tellToGoOn(context)
    case .head, .body: context.write(data, promise: promise)
    }
  }

  /// Once all requests before it are answered: what is said is taken for what comes first.
  private func tellToGoOn(_ context: ChannelHandlerContext) {
    guard waits, unanswered.count == 1 else { return }
    waits = false
    context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
  }
}

extension HTTPRequestHead {
  /// HTTP/1.0 keeps no connection here: those who ask for it ask in a way that HTTP/1.1 has given up (RFC 9112 §C.2.2).
  fileprivate var isLast: Bool {
    version != .http1_1 || headers[canonicalForm: "connection"].contains { $0.lowercased() == "close" }
  }

  /// Whether a body is to come once it is wanted, and is.
  fileprivate func waits(withUpTo limit: Int) -> Bool {
    guard version == .http1_1, headers[canonicalForm: "expect"].contains(where: { $0.lowercased() == "100-continue" })
    else { return false }
    guard let length = headers.first(name: "content-length") else { return headers.contains(name: "transfer-encoding") }
    return Int(length).map { 1...limit ~= $0 } ?? false
  }
}
