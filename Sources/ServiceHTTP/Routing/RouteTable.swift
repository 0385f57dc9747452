package import HTTPTypes

/// Which handler answers which request. A pattern is a path whose `{}` segments match anything that is not empty.
package struct RouteTable: Sendable {
  /// Gets the request and what the `{}` segments hold, decoded.
  package typealias Handler = @Sendable (Incoming, [String]) async throws -> Answer

  package struct Route: Sendable {
    package let method: HTTPRequest.Method
    /// For metrics and logs: what is in the path itself may be anybody's.
    package let name: String
    package let handler: Handler
    fileprivate let pattern: [Substring]

    package init(_ method: HTTPRequest.Method, _ name: String, _ handler: @escaping Handler) {
      self.method = method
      self.name = name
      self.handler = handler
      pattern = RouteTable.segments(of: name)
    }
  }

  package enum Match {
    case route(Route, parameters: [Substring])
    case otherMethods([HTTPRequest.Method])
    case none
  }

  /// The routes that share their first segments: from here on, one segment further each.
  private struct Node: Sendable {
    var literals: [Substring: Node] = [:]
    /// In an array, since a node cannot hold one: none or one.
    var parameter: [Node] = []
    var routes: [Route] = []

    mutating func add(_ route: Route, after depth: Int = 0) {
      guard depth < route.pattern.count else { return routes.append(route) }
      let segment = route.pattern[depth]
      guard segment.first == "{" else { return literals[segment, default: Node()].add(route, after: depth + 1) }
      if parameter.isEmpty { parameter.append(Node()) }
      parameter[0].add(route, after: depth + 1)
    }

    /// Those that are spelled out come before those that take anything.
    func collect(_ segments: ArraySlice<Substring>, into fitting: inout [Route]) {
      guard let segment = segments.first else { return fitting += routes }
      let rest = segments.dropFirst()
      literals[segment]?.collect(rest, into: &fitting)
      if !segment.isEmpty { parameter.first?.collect(rest, into: &fitting) }
    }
  }

  private var root = Node()
  /// The patterns of all routes, in the order in which they were given.
  package let names: [String]

  package init(_ all: [Route]) {
    names = all.map(\.name)
    for route in all { root.add(route) }
  }

  package func match(_ method: HTTPRequest.Method, _ segments: [Substring]) -> Match {
    var fitting: [Route] = []
    root.collect(segments[...], into: &fitting)
    guard !fitting.isEmpty else { return .none }
    // What may be got may be asked for without its body.
    let wanted = method == .head ? .get : method
    guard let route = fitting.first(where: { $0.method == wanted }) else {
      return .otherMethods(fitting.map(\.method))
    }
    return .route(route, parameters: zip(route.pattern, segments).filter { $0.0.first == "{" }.map(\.1))
  }

  /// What stands between the slashes, as it came: what is encoded in one of them cannot become another; nothing for the path `/`.
  package static func segments(of path: some StringProtocol) -> [Substring] {
    let path = Substring(path)
    guard path.first == "/" else { return [path] }
    return path == "/" ? [] : path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
  }
}
