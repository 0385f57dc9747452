internal import Verifier

/// What the rows of many users come to. A row that cannot be read costs its user, and nobody else.
struct RowsByUser<Value> {
  private let empty: Value
  private var results: [String: Result<Value, VerifierError>] = [:]

  /// - Parameter empty: what there is of a user before any row.
  init(_ empty: Value) { self.empty = empty }

  /// - Parameter row: has the name of its user in the first column.
  mutating func add(_ row: SQLRow, _ read: (inout Value) throws(VerifierError) -> Void) {
    guard let user = row.text(0) else { return }
    // Taken out, so that what it holds is changed in its place.
    let before = results.removeValue(forKey: user)
    results[user] = Result { () throws(VerifierError) in
      var value = try before?.get() ?? empty
      try read(&value)
      return value
    }
  }

  func value(of user: String) throws(VerifierError) -> Value { try results[user]?.get() ?? empty }
}
