package import Verifier

/// Users with their devices that were read in one go, before the turns of their transactions came: one statement for many
/// costs each of them little more than half of its own.
///
/// Each is good for one reading. Whoever keeps this forgets it when anything may have changed a user who was not read yet.
package struct UnitsAhead: Sendable {
  /// The most that are read in one go.
  fileprivate static let maximumCount = 32

  private let rows: SQLRows
  private var places: [UserName: Range<Int>] = [:]

  /// - Parameter rows: as `UnitSQL.manyUsersWithDevices` has them for these names.
  fileprivate init(_ names: ArraySlice<UserName>, _ rows: SQLRows) {
    self.rows = rows
    var start = 0
    for index in rows.indices {
      guard case .integer(let place)? = rows[index][UnitSQL.placeColumn] else { continue }
      if index + 1 < rows.count, case .integer(place)? = rows[index + 1][UnitSQL.placeColumn] { continue }
      places[names[names.startIndex + Int(place)]] = start..<index + 1
      start = index + 1
    }
  }

  /// The rows of a user; nil where they were not read, or are taken already.
  package mutating func take(_ name: UserName) -> Slice<SQLRows>? {
    places.removeValue(forKey: name).map { rows[$0] }
  }
}

extension SQLSession {
  /// Reads the units of users whose transactions are about to run in this one.
  /// - Parameter names: some may be there more than once.
  package func unitsAhead(_ names: [UserName]) throws -> UnitsAhead {
    let names = names.prefix(UnitsAhead.maximumCount)
    var arguments = SQLRows(columnCount: names.count)
    for name in names { arguments.append(name.text) }
    return UnitsAhead(names, try run(SQLStatement(UnitSQL.manyUsersWithDevices, arguments[0])).rows)
  }
}

extension UnitSQL {
  /// Where a row says which of the names it is for.
  fileprivate static let placeColumn = userWithDevicesColumns.count

  /// Names that are not given are NULL, and are nobody's.
  fileprivate static let manyUsersWithDevices = RepeatedSQL(
    """
    SELECT \(userWithDevicesColumns.list), asked.column1
    FROM (VALUES \((0..<UnitsAhead.maximumCount).map { "(\($0), $\($0 + 1))" }.list)) asked
    CROSS JOIN vmfa_user u ON u.name = asked.column2 \(joiningDevices)
    """)
}
