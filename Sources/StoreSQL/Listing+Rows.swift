internal import Verifier

extension Listing {
  /// A page of rows that come by name.
  /// - Parameters:
  ///   - rows: one more than the page has, where there are more.
  ///   - limit: how many are on the page; nil for all.
  ///   - nameColumn: the column of the names.
  ///   - read: makes the item of a row.
  /// - Throws: ``VerifierError/corruptRecord(_:)`` where no name of a page is a text that the next one could come after.
  init(
    _ rows: SQLRows, limit: Int? = nil, nameColumn: Int, read: (SQLRow) throws(VerifierError) -> Item
  ) throws(VerifierError) {
    let limit = limit ?? rows.count
    var page = rows.prefix(limit), next: String?
    if rows.count > limit {
      // What no name of ours looks like could be lost on its way to the next call: a row of such a name is not the last of a
      // page, and the next one comes after the row before it.
      while let last = page.last, last.text(nameColumn)?.isFitToPrint != true { page.removeLast() }
      next = page.last?.text(nameColumn)
      if next == nil, let first = rows.first {
        _ = try read(first)
        throw .corruptRecord("a row of a list")
      }
    }
    var items: [Item] = [], unreadable: [Unreadable] = []
    for row in page {
      do throws(VerifierError) { items.append(try read(row)) } catch {
        unreadable.append(Unreadable(name: row.text(nameColumn), error: error))
      }
    }
    self.init(items: items, unreadable: unreadable, next: next)
  }
}

extension String {
  fileprivate var isFitToPrint: Bool {
    !unicodeScalars.contains { $0.properties.generalCategory == .control }
  }
}
