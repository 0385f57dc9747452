internal import NIOCore
internal import NIOHTTP1

/// What HTTP/1.1 asks of whoever answers, and what stands above does not see to (RFC 9112 §3.2, §9; RFC 9110 §10.1.1): a request
/// without one Host is refused, one that is the last of its connection is known as such in every spelling, and who waits
/// to be told that a body is wanted is told.
final class ConnectionRules: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private let bodyLimit: Int
  /// For each request that is not answered yet, whether it is the last one.
  private var unanswered = CircularBuffer<Bool>()
  private var isRefused = false

  /// - Parameter bodyLimit: bytes of a body that is wanted.
  init(bodyLimit: Int) { self.bodyLimit = bodyLimit }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isRefused else { return }
    guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
    guard head.version == .http1_0 || head.headers[canonicalForm: "host"].count == 1 else {
      isRefused = true
      return context.fireErrorCaught(HTTPParserError.invalidHeaderToken)
    }
    let isLast = head.isLast
    if isLast { head.headers.replaceOrAdd(name: "connection", value: "close") }
    if unanswered.isEmpty, head.asksWhetherToGoOn, head.announcedLength.map({ $0 <= bodyLimit }) ?? true {
      context.writeAndFlush(
        wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
    }
    unanswered.append(isLast)
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(var head) where unanswered.first == true:
      head.headers.replaceOrAdd(name: "connection", value: "close")
      return context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .end: _ = unanswered.popFirst()
    case .head, .body: break
    }
    context.write(data, promise: promise)
  }
}

extension HTTPRequestHead {
  /// HTTP/1.0 keeps no connection here: those who ask for it ask in a way that HTTP/1.1 has given up (RFC 9112 §C.2.2).
  fileprivate var isLast: Bool {
    version != .http1_1 || headers[canonicalForm: "connection"].contains { $0.lowercased() == "close" }
  }

  fileprivate var asksWhetherToGoOn: Bool {
    version == .http1_1 && headers[canonicalForm: "expect"].contains { $0.lowercased() == "100-continue" }
  }

  /// nil for a body that comes in chunks.
  fileprivate var announcedLength: Int? { headers.first(name: "content-length").flatMap { Int($0) } }
}
