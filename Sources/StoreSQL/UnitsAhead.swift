package import Verifier

/// Users with their devices that were read in one go, before the turns of their transactions came: one statement for many
/// costs each of them little more than half of its own.
///
/// Each is good for one reading. All are made of their rows in one go too: a core then has the code for it at hand. Whoever
/// keeps this forgets it when anything may have changed a user who was not read yet.
package struct UnitsAhead: Sendable {
  /// The most that are read in one go.
  fileprivate static let maximumCount = 32

  private var units: [UserName: Result<StoredUnit, any Error>] = [:]

  /// - Parameters:
  ///   - rows: as `UnitSQL.manyUsersWithDevices` has them for these names.
  ///   - unit: makes a unit of a user's rows; of none where there is no such user.
  fileprivate init(
    _ names: ArraySlice<UserName>, _ rows: SQLRows, unit: (UserName, Slice<SQLRows>) throws -> StoredUnit
  ) {
    var ranges = Array(repeating: rows.startIndex..<rows.startIndex, count: names.count)
    for index in rows.indices {
      guard case .integer(let place)? = rows[index][UnitSQL.placeColumn] else { continue }
      let range = ranges[Int(place)]
      ranges[Int(place)] = (range.isEmpty ? index : range.lowerBound)..<index + 1
    }
    units.reserveCapacity(names.count)
    for (name, range) in zip(names, ranges) where units[name] == nil {
      units[name] = Result { try unit(name, rows[range]) }
    }
  }

  /// The unit of a user; nil where it was not read, or is taken already.
  /// - Throws: what is wrong with its rows.
  package mutating func take(_ name: UserName) throws -> StoredUnit? { try units.removeValue(forKey: name)?.get() }
}

extension SQLSession {
  /// Reads the units of users whose transactions are about to run in this one.
  /// - Parameter names: some may be there more than once.
  package func unitsAhead(_ names: [UserName]) throws -> UnitsAhead {
    let names = names.prefix(UnitsAhead.maximumCount), settings = try rulesAndAccount()
    var arguments = SQLRows(columnCount: names.count)
    for name in names { arguments.append(name.text) }
    let rows = try run(SQLStatement(UnitSQL.manyUsersWithDevices, arguments[0])).rows
    return UnitsAhead(names, rows) { try Self.unit(of: $0, $1, settings) }
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
