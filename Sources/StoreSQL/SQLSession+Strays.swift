internal import Verifier

extension SQLSession {
  /// Rows that refer to nothing, or that nothing refers to.
  package func strayRows() throws -> [String] {
    try strays.flatMap { name, sql in
      try run(sql).rows.map { row in
        if let named = row.text(0) { "\(name): \(named)" } else { name }
      }
    }
  }
}

/// What there may be none of, and queries that name it.
private let strays = [
  (
    "a device without its user",
    "SELECT d.serial FROM vmfa_device d LEFT JOIN vmfa_user u ON u.name = d.user_name WHERE u.name IS NULL LIMIT 20"
  ),
  (
    "a device whose serial is not kept for it",
    """
    SELECT d.serial FROM vmfa_device d LEFT JOIN vmfa_serial s ON s.serial = d.serial AND s.device_id = d.id
      AND s.user_name = d.user_name WHERE s.serial IS NULL LIMIT 20
    """
  ),
  (
    "a serial without its device",
    """
    SELECT s.serial FROM vmfa_serial s LEFT JOIN vmfa_device d ON d.user_name = s.user_name AND d.id = s.device_id
    WHERE d.id IS NULL LIMIT 20
    """
  ),
  (
    "a device of which no use is kept",
    """
    SELECT d.serial FROM vmfa_device d LEFT JOIN vmfa_device_use n ON n.user_name = d.user_name
      AND n.number = d.number WHERE n.number IS NULL LIMIT 20
    """
  ),
  (
    "two devices with one number",
    "SELECT MIN(serial) FROM vmfa_device GROUP BY user_name, number HAVING COUNT(*) > 1 LIMIT 20"
  ),
  (
    "the use of a device that is not there",
    """
    SELECT user_name FROM vmfa_device_use
    WHERE (user_name, number) NOT IN (SELECT user_name, number FROM vmfa_device) LIMIT 20
    """
  ),
]
