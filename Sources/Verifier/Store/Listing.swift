/// A page of what there is, by name. What cannot be read of it costs none of the others.
public struct Listing<Item: Sendable>: Sendable {
  /// By name.
  public let items: [Item]
  /// What else would be on this page, by name.
  public let unreadable: [Unreadable]
  /// The name that the next page comes after; nil where there are no more.
  public let next: String?

  package init(items: [Item], unreadable: [Unreadable] = [], next: String? = nil) {
    self.items = items
    self.unreadable = unreadable
    self.next = next
  }

  /// The first `limit` of these, which come by name.
  package init(_ all: [Item], limit: Int, name: (Item) -> String) {
    items = Array(all.prefix(limit))
    unreadable = []
    next = all.count > limit ? items.last.map(name) : nil
  }
}

/// Something of a list that cannot be read.
public struct Unreadable: Sendable, Equatable {
  /// Its name in the list; nil where that cannot be read either.
  public let name: String?
  /// Which says more of it.
  public let error: VerifierError

  package init(name: String?, error: VerifierError) {
    self.name = name
    self.error = error
  }
}
