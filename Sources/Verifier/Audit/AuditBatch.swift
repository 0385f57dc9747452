internal import OATH
internal import OpenSSLCrypto

/// Makes the batch that comes after the newest one, of rows that no batch holds, by id; nil where there is none to make.
public typealias AuditSealing = @Sendable (AuditBatch?, [AuditRecord]) throws(VerifierError) -> AuditBatch?

/// A run of audit rows, sealed together: a link of the chain.
public struct AuditBatch: Sendable, Equatable {
  /// From 1 on, without a gap.
  public let number: Int64
  /// When it was sealed, in Unix seconds.
  public let sealedAt: Int64
  /// The integrity key under which the tag was made.
  public let keyID: String
  /// The ids of its rows in their order.
  package let rowIDs: [UInt8]
  /// HMAC-SHA-256 over the tag of the batch before, what is above, and the rows.
  public let tag: [UInt8]

  /// The most rows that one holds.
  package static let maximumRowCount = 1000

  package init(number: Int64, sealedAt: Int64, keyID: String, rowIDs: [UInt8], tag: [UInt8]) {
    self.number = number
    self.sealedAt = sealedAt
    self.keyID = keyID
    self.rowIDs = rowIDs
    self.tag = tag
  }

  /// The numbers that batches have: a store may keep a row's place as a multiple of its batch's. What is numbered otherwise was
  /// put there by somebody else.
  package static let numbers: ClosedRange<Int64> = 1...(1 << 53) - 2

  /// How many rows it holds.
  public var rowCount: Int { rowIDs.count / 16 }

  /// The ids of its rows in their order.
  var ids: [String] {
    stride(from: 0, to: rowIDs.count - 15, by: 16).map { TimeOrderedUUID.text(of: rowIDs[$0..<$0 + 16]) }
  }

  /// Seals rows after `previous`, the newest batch so far. What has no id that a row can have was put there by somebody
  /// else: it is left out, and ``Verifier/verifyAudit(against:)`` names it.
  init(
    _ rows: [AuditRecord], after previous: AuditBatch?, at now: Int64, under key: IntegrityKey
  ) throws(VerifierError) {
    var ids: [UInt8] = []
    ids.reserveCapacity(16 * rows.count)
    let rows = rows.filter { TimeOrderedUUID.append($0.id, to: &ids) }
    let number = (previous?.number ?? 0) + 1
    guard Self.numbers.contains(number) else { throw .corruptRecord("the newest audit batch") }
    let untagged = AuditBatch(number: number, sealedAt: now, keyID: key.id, rowIDs: ids, tag: [])
    self.init(
      number: number, sealedAt: now, keyID: key.id, rowIDs: ids,
      tag: try key.batchTag(untagged.canonical(after: previous, rows: rows)))
  }

  /// Whether it is the batch that was sealed after `previous`, with these rows.
  func isAuthentic(
    after previous: AuditBatch?, rows: [AuditRecord], under key: IntegrityKey
  ) throws(VerifierError) -> Bool {
    let expected = try key.batchTag(canonical(after: previous, rows: rows))
    return ConstantTime.equal(expected.span, tag.span)
  }

  private func canonical(after previous: AuditBatch?, rows: [AuditRecord]) -> [UInt8] {
    let rows = rows.map(\.canonical)
    var text = CanonicalText("vmfa audit batch 1", capacity: rows.reduce(512 + rowIDs.count) { $0 + $1.count + 9 })
    text.append(previous?.tag ?? [])
    text.append(String(number))
    text.append(String(sealedAt))
    text.append(keyID)
    text.append(rowIDs)
    for row in rows { text.append(row) }
    return text.bytes
  }

  /// Its place in the chain and its tag, to be kept elsewhere.
  public var head: AuditHead { AuditHead(number: number, tag: tag) }
}

/// How far the chain reached at some moment. Kept elsewhere, it shows later whether the end of the chain was cut off.
public struct AuditHead: Sendable, Equatable {
  /// The number of the newest batch.
  public let number: Int64
  /// Its tag.
  public let tag: [UInt8]

  init(number: Int64, tag: [UInt8]) {
    self.number = number
    self.tag = tag
  }

  /// Reads `NUMBER:TAG`, the tag in hexadecimal.
  /// - Throws: ``VerifierError/malformedName(_:)``.
  public init(_ text: String) throws(VerifierError) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int64(parts[0]), number > 0,
      let tag = [UInt8](hexadecimal: parts[1].utf8), tag.count == IntegrityKey.tagByteCount
    else { throw .malformedName("a head of the audit chain reads NUMBER:TAG, the tag being 64 hexadecimal digits") }
    self.init(number: number, tag: tag)
  }
}

extension AuditHead: CustomStringConvertible {
  /// `NUMBER:TAG`.
  public var description: String { "\(number):\(tag.hexadecimal)" }
}
