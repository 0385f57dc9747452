internal import HTTPTypes
internal import JSONText
internal import OATH
internal import ServiceHTTP

/// The body of a request: one JSON object with members that are known.
struct JSONObject: Sendable {
  private let members: [String: JSONValue]

  /// - Parameter allowed: every member that there may be.
  /// - Throws: ``Problem``: 415 for another media type, 400 for anything but such an object.
  init(_ request: Incoming, allowed: [String]) throws(Problem) {
    guard request.mediaType == "application/json" else { throw .unsupportedType }
    let value: JSONValue
    do throws(JSONError) { value = try JSONValue(parsing: request.body.span) } catch {
      throw .badRequest("the body is not JSON: \(error)")
    }
    guard let members = value.members else { throw .badRequest("the body is not a JSON object") }
    var known: [String: JSONValue] = [:]
    for (key, value) in members {
      guard allowed.contains(key) else {
        throw .badRequest("the body may hold \(allowed.joined(separator: ", ")), and nothing else")
      }
      guard known.updateValue(value, forKey: key) == nil else { throw .badRequest("the body holds \(key) twice") }
    }
    self.members = known
  }

  /// A text that has to be there.
  func text(_ name: String) throws(Problem) -> String {
    guard let text = try optionalText(name) else { throw .badRequest("the body has no \(name)") }
    return text
  }

  func optionalText(_ name: String) throws(Problem) -> String? {
    guard let value = members[name] else { return nil }
    guard let text = value.string else { throw .badRequest("\(name) is not a string") }
    return text
  }

  func optionalInteger(_ name: String) throws(Problem) -> Int64? {
    guard let value = members[name] else { return nil }
    guard let integer = value.integer else { throw .badRequest("\(name) is not a whole number") }
    return integer
  }

  /// A code of a device; white space at the ends is forgiven, and nothing else.
  func code(_ name: String) throws(Problem) -> OneTimeCode {
    let text = try text(name)
    do throws(OATHError) { return try OneTimeCode(parsing: text) } catch { throw .badRequest("\(error)") }
  }
}
