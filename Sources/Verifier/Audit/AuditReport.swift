/// What a walk along the audit chain found.
public struct AuditReport: Sendable, Equatable {
  /// Something that is not as it was written.
  public enum Finding: Sendable, Equatable {
    /// A row differs from what was recorded, or was not recorded by a holder of the key.
    case rowChanged(id: String, batch: Int64?)
    /// A row is gone.
    case rowMissing(id: String, batch: Int64)
    /// A row was put into a batch that was sealed without it.
    case rowAdded(id: String, batch: Int64)
    /// A row lies in its batch where another one belongs.
    case rowMoved(id: String, batch: Int64)
    /// A batch differs from what was sealed.
    case batchChanged(Int64)
    /// A batch has a number that none can have.
    case batchAdded(Int64)
    /// A batch is gone.
    case batchMissing(Int64)
    /// The chain does not hold the head that was kept elsewhere: its end was cut off, or it was replaced.
    case headMissing(AuditHead)
  }

  /// Batches that were looked at.
  public internal(set) var batchCount = 0
  /// Rows that were looked at.
  public internal(set) var rowCount = 0
  /// Rows among them that are not sealed yet.
  public internal(set) var unsealedCount = 0
  /// What is wrong, in the order of the chain; at most 100 things.
  public internal(set) var findings: [Finding] = []
  /// The newest batch.
  public internal(set) var head: AuditHead?

  /// An empty one.
  public init() {}

  mutating func add(_ finding: Finding) {
    if findings.count < 100 { findings.append(finding) }
  }
}

extension AuditReport.Finding: CustomStringConvertible {
  /// One line in lower case.
  public var description: String {
    switch self {
    case .rowChanged(let id, let batch?): "the row \(id) of batch \(batch) was changed"
    case .rowChanged(let id, nil): "the row \(id) was changed, or not written by vmfa"
    case .rowMissing(let id, let batch): "the row \(id) of batch \(batch) is missing"
    case .rowAdded(let id, let batch): "the row \(id) was added to batch \(batch) after it was sealed"
    case .rowMoved(let id, let batch): "the row \(id) was moved within batch \(batch)"
    case .batchChanged(let number): "the batch \(number) was changed, or is not the one that followed the batch before"
    case .batchAdded(let number): "the batch \(number) was added: no batch of the chain has such a number"
    case .batchMissing(let number): "the batch \(number) is missing"
    case .headMissing(let head): "the chain no longer holds batch \(head.number) as it was when the head was taken"
    }
  }
}

/// Which audit rows to list.
public struct AuditQuery: Sendable, Equatable {
  /// The order of rows.
  public enum Order: Sendable, Equatable {
    /// By their ids: as they were recorded, as far as clocks agree on it. A row that is on its way may yet come before those
    /// that are there.
    case recording
    /// The same, the newest first.
    case newestFirst
    /// As the chain holds them, without those that no batch holds yet: what is there keeps its place, and what comes later
    /// comes behind it.
    case chain
  }

  /// Only rows about this user.
  public var user: UserName?
  /// Only rows about the device of this serial.
  public var device: String?
  /// Only rows of this event.
  public var name: AuditEvent.Name?
  /// Only rows from this moment on, in Unix seconds.
  public var since: Int64?
  /// Only rows before this moment, in Unix seconds.
  public var until: Int64?
  /// Only rows that no batch holds yet.
  public var unsealedOnly: Bool
  /// Only rows that say of themselves that a batch holds them which cannot: one after this, or none at all. There is no second
  /// page of these.
  package var outsideBatches: Int64?
  /// Only the row of this id.
  package var id: String?
  /// Only rows behind the one of this id, in an order of ids.
  public var after: String?
  /// Only rows behind this one, in the order of the chain: by where it lies, whatever its id reads as.
  package var behind: AuditRecord?
  /// The order of rows.
  public var order: Order
  /// At most so many.
  public var limit: Int

  /// All rows, unless narrowed.
  public init(
    user: UserName? = nil, device: String? = nil, name: AuditEvent.Name? = nil, since: Int64? = nil,
    until: Int64? = nil, unsealedOnly: Bool = false, after: String? = nil, order: Order = .recording, limit: Int = 100
  ) {
    self.user = user
    self.device = device
    self.name = name
    self.since = since
    self.until = until
    self.unsealedOnly = unsealedOnly
    self.after = after
    self.order = order
    self.limit = limit
  }
}

extension AuditQuery {
  /// Whether a row comes after ``after``, oldest first. An id that is not UTF-8 reads back as another one, and what comes
  /// after that is itself again: whoever goes on page by page is to stop there.
  package func isFollowed(by row: AuditRecord) -> Bool {
    after.map { $0.utf8.lexicographicallyPrecedes(row.id.utf8) } ?? true
  }
}
