internal import OATH
internal import OpenSSLCrypto

/// An audit row: an event, on whose behalf, and a tag that only the holder of the key can make.
public struct AuditRecord: Sendable {
  /// Behind one reference: a row goes through many hands on its way into the store.
  private final class Content: Sendable {
    let id: String
    let event: AuditEvent
    let context: RequestContext
    let keyID: String
    let tag: [UInt8]
    let batch: Int64?
    let index: Int?
    /// What the tag was made of, for the batch: most rows are sealed with the commit that brings them. nil where the tag was
    /// read and not made.
    let canonical: [UInt8]?

    init(
      _ id: String, _ event: AuditEvent, _ context: RequestContext, _ keyID: String, _ tag: [UInt8], _ batch: Int64?,
      _ index: Int?, canonical: [UInt8]?
    ) {
      self.id = id
      self.event = event
      self.context = context
      self.keyID = keyID
      self.tag = tag
      self.batch = batch
      self.index = index
      self.canonical = canonical
    }
  }

  private let content: Content

  /// A UUID of version 7: in the order in which rows were recorded, as far as clocks agree on it.
  public var id: String { content.id }
  /// What happened.
  public var event: AuditEvent { content.event }
  /// On whose behalf.
  public var context: RequestContext { content.context }
  /// The integrity key under which the tag was made.
  public var keyID: String { content.keyID }
  /// HMAC-SHA-256 of all of the above.
  public var tag: [UInt8] { content.tag }
  /// The batch of the chain that holds the row; nil until it is sealed.
  public var batch: Int64? { content.batch }
  /// Where it lies in its batch, where the store keeps that.
  package var index: Int? { content.index }

  package init(
    id: String, event: AuditEvent, context: RequestContext, keyID: String, tag: [UInt8], batch: Int64? = nil,
    index: Int? = nil
  ) {
    content = Content(id, event, context, keyID, tag, batch, index, canonical: nil)
  }

  package init(_ event: AuditEvent, on context: RequestContext, under key: IntegrityKey) throws(VerifierError) {
    let id = TimeOrderedUUID.next(), canonical = Self.canonical(id, event, context, key.id)
    content = Content(id, event, context, key.id, try key.rowTag(canonical), nil, nil, canonical: canonical)
  }

  /// Whether the row is as it was written.
  func isAuthentic(under key: IntegrityKey) throws(VerifierError) -> Bool {
    let expected = try key.rowTag(canonical)
    return ConstantTime.equal(expected.span, tag.span)
  }

  var canonical: [UInt8] { content.canonical ?? Self.canonical(id, event, context, keyID) }

  /// Every field with its length, so that no two rows have the same bytes.
  private static func canonical(
    _ id: String, _ event: AuditEvent, _ context: RequestContext, _ keyID: String
  ) -> [UInt8] {
    var text = CanonicalText("vmfa audit row 1")
    text.append(id)
    text.append(String(event.time))
    text.append(event.name.rawValue)
    text.append(event.outcome.rawValue)
    text.append(event.reason)
    text.append(event.user)
    text.append(event.device)
    text.append(context.actor)
    text.append(context.source)
    text.append(context.requestID)
    text.append(keyID)
    return text.bytes
  }
}

extension AuditRecord: Equatable {
  /// What the tag was made of follows from all else, and makes no difference.
  public static func == (a: AuditRecord, b: AuditRecord) -> Bool {
    (a.id, a.event, a.context, a.keyID, a.tag, a.batch) == (b.id, b.event, b.context, b.keyID, b.tag, b.batch)
  }
}

/// Fields one after the other, each after its length; what is absent differs from what is empty.
struct CanonicalText {
  private(set) var bytes: [UInt8] = []

  /// - Parameter capacity: bytes for which there is to be room; those of an audit row are nearly always fewer.
  init(_ label: String, capacity: Int = 512) {
    bytes.reserveCapacity(capacity)
    append(label)
  }

  mutating func append(_ text: String?) {
    guard let text else { return bytes.append(0) }
    appendLength(text.utf8.count)
    bytes.append(utf8: text)
  }

  mutating func append(_ field: [UInt8]) {
    appendLength(field.count)
    bytes += field
  }

  private mutating func appendLength(_ count: Int) {
    bytes.append(1)
    unsafe withUnsafeBytes(of: UInt64(count).bigEndian) { unsafe bytes.append(contentsOf: $0) }
  }
}

extension [UInt8] {
  /// As `append(contentsOf:)`, which takes a text byte by byte.
  package mutating func append(utf8 text: borrowing String) {
    unsafe text.utf8.span.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}
