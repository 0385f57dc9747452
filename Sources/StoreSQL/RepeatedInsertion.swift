/// An `INSERT` that is run again and again, eight rows to a statement where there are as many: that costs each of them two
/// thirds of one of its own.
struct RepeatedInsertion {
  private static let manyRows = 8

  let ofOne: RepeatedSQL
  fileprivate let ofMany: RepeatedSQL
  /// How many columns a row has.
  let width: Int

  /// - Parameter replacing: whether a row takes the place of one with the same key, which only SQLite understands.
  init(into table: String, _ columns: [String], replacing: Bool = false) {
    let statement = { RepeatedSQL((replacing ? "REPLACE" : "INSERT") + columns.insertedRows(into: table, count: $0)) }
    (ofOne, ofMany, width) = (statement(1), statement(Self.manyRows), columns.count)
  }

  /// The arguments of both for these elements. Apart from what runs them, which is compiled for no session in particular and
  /// would take longer over each column.
  /// - Parameter append: appends a row of the element at an index.
  func rows<Element>(
    of elements: [Element], append: (Element, Int, inout SQLRows) -> Void
  ) -> (many: SQLRows, one: SQLRows) {
    let fullCount = elements.count / Self.manyRows
    var many = SQLRows(columnCount: Self.manyRows * width, rowCount: fullCount)
    var one = SQLRows(columnCount: width, rowCount: elements.count % Self.manyRows)
    for (index, element) in elements.enumerated() {
      if index < fullCount * Self.manyRows {
        append(element, index, &many)
      } else {
        append(element, index, &one)
      }
    }
    return (many, one)
  }
}

extension SQLSession {
  /// - Parameter rows: what ``RepeatedInsertion/rows(of:append:)`` has made.
  func run(_ insertion: RepeatedInsertion, _ rows: (many: SQLRows, one: SQLRows)) throws {
    try run(insertion.ofMany, forEach: rows.many)
    try run(insertion.ofOne, forEach: rows.one)
  }
}
