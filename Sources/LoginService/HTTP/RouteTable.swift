internal import HTTPTypes

/// Which handler answers which request. A pattern is a path whose `{}` segments match anything that is not empty.
struct RouteTable: Sendable {
  /// Gets the request and what the `{}` segments hold, decoded.
  typealias Handler = @Sendable (Incoming, [String]) async throws -> Answer

  struct Route: Sendable {
    let method: HTTPRequest.Method
    /// For metrics and logs: what is in the path itself may be anybody's.
    let name: String
    let handler: Handler
    fileprivate let pattern: [Substring]

    init(_ method: HTTPRequest.Method, _ name: String, _ handler: @escaping Handler) {
      self.method = method
      self.name = name
      self.handler = handler
      pattern = RouteTable.segments(of: name)
    }

    fileprivate func matches(_ segments: [Substring]) -> Bool {
      pattern.count == segments.count && zip(pattern, segments).allSatisfy { $0.first == "{" ? !$1.isEmpty : $0 == $1 }
    }
  }

  enum Match {
    case route(Route, parameters: [Substring])
    case otherMethods([HTTPRequest.Method])
    case none
  }

  /// By the first segment, so that a request is compared with few.
  private var routes: [Substring: [Route]] = [:]

  init(_ all: [Route]) {
    for route in all { routes[route.pattern.first ?? "", default: []].append(route) }
  }

  func match(_ method: HTTPRequest.Method, _ segments: [Substring]) -> Match {
    let fitting = (routes[segments.first ?? ""] ?? []).filter { $0.matches(segments) }
    guard !fitting.isEmpty else { return .none }
    // What may be got may be asked for without its body.
    let wanted = method == .head ? .get : method
    guard let route = fitting.first(where: { $0.method == wanted }) else {
      return .otherMethods(fitting.map(\.method))
    }
    return .route(route, parameters: zip(route.pattern, segments).filter { $0.0.first == "{" }.map(\.1))
  }

  /// What stands between the slashes, as it came: what is encoded in one of them cannot become another; nothing for the path `/`.
  static func segments(of path: some StringProtocol) -> [Substring] {
    let path = Substring(path)
    guard path.first == "/" else { return [path] }
    return path == "/" ? [] : path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
  }
}
