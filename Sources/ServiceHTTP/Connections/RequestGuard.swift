internal import HTTPTypes
package import HummingbirdCore
package import Logging
package import NIOCore
internal import NIOHTTP1
package import NIOHTTPTypes
internal import NIOHTTPTypesHTTP1

// What a connection may take. A client that sends a head or a body slowly, reads slowly, or sends what never becomes a
// request, is let go.

/// Bounds what is read before it becomes a part of a request. Stands before the decoder, which counts names and values, and
/// not the white space around them.
package final class RawInputBudget: ChannelInboundHandler, RemovableChannelHandler {
  package typealias InboundIn = ByteBuffer
  package typealias InboundOut = ByteBuffer

  private let limit: Int
  private var pending = 0
  private var isSpent = false

  package init(limit: Int) { self.limit = limit }

  package func partDecoded() { pending = 0 }

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isSpent else { return }
    pending += unwrapInboundIn(data).readableBytes
    // The decoder and the guard run in here.
    context.fireChannelRead(data)
    if pending > limit {
      isSpent = true
      context.fireErrorCaught(HTTPParserError.headerOverflow)
    }
  }
}

/// Bounds how long a body may take to come, and an answer to be taken; closes after an answer that says so.
package final class RequestGuard: ChannelDuplexHandler, RemovableChannelHandler {
  package typealias InboundIn = HTTPRequestPart
  package typealias InboundOut = HTTPRequestPart
  package typealias OutboundIn = HTTPResponsePart
  package typealias OutboundOut = HTTPResponsePart

  private let limits: ConnectionLimits
  private var budget: RawInputBudget?
  private var bodyTimer, writeTimer, lingerTimer: Scheduled<Void>?
  private var closesAfterEnd = false
  private var isClosing = false
  private var isInputClosed = false
  /// Called once when the client closes its end. Requests of a connection take turns, so there is one at most.
  private var inputClosedObserver: (@Sendable () -> Void)?

  package init(limits: ConnectionLimits) { self.limits = limits }

  /// Replaces the observer; calls it at once where the client has closed its end already. Only on the event loop.
  package func observeInputClosed(_ observer: (@Sendable () -> Void)?) {
    guard isInputClosed else { return inputClosedObserver = observer }
    observer?()
  }

  package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let event = event as? ChannelEvent, event == .inputClosed { inputClosed() }
    context.fireUserInboundEventTriggered(event)
  }

  package func channelInactive(context: ChannelHandlerContext) {
    inputClosed()
    context.fireChannelInactive()
  }

  private func inputClosed() {
    isInputClosed = true
    inputClosedObserver?()
    inputClosedObserver = nil
  }

  package func handlerAdded(context: ChannelHandlerContext) {
    budget = try? context.pipeline.syncOperations.handler(type: RawInputBudget.self)
  }

  package func handlerRemoved(context: ChannelHandlerContext) {
    for timer in [bodyTimer, writeTimer, lingerTimer] { timer?.cancel() }
  }

  private func closeLater(_ context: ChannelHandlerContext, in delay: TimeAmount) -> Scheduled<Void> {
    context.eventLoop.assumeIsolated().scheduleTask(in: delay) { context.close(promise: nil) }
  }

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    budget?.partDecoded()
    // The rest of a body that was refused.
    guard !isClosing else { return }
    switch unwrapInboundIn(data) {
    case .head: break
    case .body: if bodyTimer == nil { bodyTimer = closeLater(context, in: limits.bodyTimeout) }
    case .end:
      bodyTimer?.cancel()
      bodyTimer = nil
    }
    context.fireChannelRead(data)
  }

  package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(let head):
      closesAfterEnd = closesAfterEnd || head.headerFields[.connection]?.lowercased() == "close"
      context.write(data, promise: promise)
    case .end where closesAfterEnd:
      isClosing = true
      context.writeAndFlush(data, promise: promise)
      // So that the client can read the answer before the connection is reset.
      lingerTimer = closeLater(context, in: limits.linger)
    case .body, .end: context.write(data, promise: promise)
    }
  }

  package func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable {
      writeTimer?.cancel()
      writeTimer = nil
    } else if writeTimer == nil {
      writeTimer = closeLater(context, in: limits.writeTimeout)
    }
    context.fireChannelWritabilityChanged()
  }
}

/// Times and sizes that a connection is held to.
package struct ConnectionLimits: Sendable {
  /// For TLS handshake and head together, and between requests.
  package var idleTimeout = TimeAmount.seconds(30)
  /// For a body, from its first byte on.
  package var bodyTimeout = TimeAmount.seconds(10)
  /// For a client to take an answer.
  package var writeTimeout = TimeAmount.seconds(10)
  /// Between an answer that closes and the close.
  package var linger = TimeAmount.seconds(1)
  /// Of a body, in bytes.
  package var bodyLimit = 64 << 10
  /// Of a head, in bytes.
  package var headLimit = 16 << 10

  package init() {}

  package var http1: HTTP1Channel.Configuration {
    HTTP1Channel.Configuration(
      additionalChannelHandlers: [RequestGuard(limits: self)], idleTimeout: idleTimeout,
      httpDecoderConfiguration: .init(
        maxHeaderFieldSize: headLimit, maxHeaderListSize: headLimit, maxHeaderFieldCount: 64))
  }
}

/// A channel with the budget in front of its decoder, and the rules right behind it.
package struct GuardedChannel<Base: HTTPChannelHandler>: HTTPChannelHandler {
  package typealias Value = Base.Value

  package let base: Base
  package let limits: ConnectionLimits
  package let connections: OpenConnections
  package var responder: HTTPChannelHandler.Responder { base.responder }

  package init(base: Base, limits: ConnectionLimits, connections: OpenConnections) {
    self.base = base
    self.limits = limits
    self.connections = connections
  }

  package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    guard connections.admit(channel) else {
      channel.close(promise: nil)
      return channel.eventLoop.makeFailedFuture(ChannelError.alreadyClosed)
    }
    return channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.addHandler(RawInputBudget(limit: 2 * limits.headLimit))
    }.flatMap {
      base.setup(channel: channel, logger: logger)
    }.flatMapThrowing { value in
      let pipeline = channel.pipeline.syncOperations
      let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
      try pipeline.addHandler(ConnectionRules(bodyLimit: limits.bodyLimit), position: .before(codec))
      return value
    }
  }

  package func handle(value: Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}
