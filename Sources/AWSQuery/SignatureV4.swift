package import OATH
package import OpenSSLCrypto

/// What a request is signed with: AWS Signature Version 4, in its headers or in its query string.
///
/// Signature Version 4 as "Create a signed AWS API request" of the IAM user guide has it; the canonical path is always `/`.
package struct SignatureV4: Sendable {
  /// Seconds that a client's clock may be off, either way.
  package static let tolerance: Int64 = 15 * 60
  /// The longest that a signature in a query string is good for, in seconds.
  package static let longestExpiry: Int64 = 604_800

  package let accessKeyID: String
  package let date, region, service: String
  /// `20260217T094442Z`.
  package let timestamp: String
  package let time: UnixTime
  /// Seconds, for a signature in a query string.
  package let expiry: Int64?
  package let signedHeaders: [String]
  package let sessionToken: String?
  private let signature: [UInt8]

  /// Reads the signature of a request.
  /// - Throws: `MissingAuthenticationToken` for a request that is not signed, `IncompleteSignature` for one that is not
  ///   signed as it has to be.
  package init(of request: SignedRequest, query: QueryForm) throws(QueryError) {
    for name in ["authorization", "x-amz-date", "x-amz-security-token"] where request.headers(name).count > 1 {
      throw .incomplete("The header \(name) stands twice; which one is meant?")
    }
    let credential: String, headers: String, signature: String
    if let authorization = request.value(of: "authorization") {
      guard query["X-Amz-Algorithm"] == nil else {
        throw .incomplete("A signature stands in the headers and in the query string; one is enough.")
      }
      let fields = try Self.fields(ofAuthorization: authorization)
      (credential, headers, signature) = (fields.credential, fields.signedHeaders, fields.signature)
      guard let date = request.value(of: "x-amz-date") else {
        throw .incomplete("Authorization header requires existence of a 'X-Amz-Date' header.")
      }
      timestamp = date
      sessionToken = request.value(of: "x-amz-security-token")
      expiry = nil
    } else if let algorithm = query["X-Amz-Algorithm"] {
      guard algorithm == Self.algorithm else {
        throw .incomplete("Unsupported AWS 'algorithm': '\(algorithm.prefix(32))'")
      }
      guard let given = query["X-Amz-Credential"], let names = query["X-Amz-SignedHeaders"],
        let value = query["X-Amz-Signature"], let date = query["X-Amz-Date"]
      else {
        throw .incomplete(
          "AWS query-string parameters must include all of X-Amz-Credential, X-Amz-SignedHeaders, X-Amz-Signature and X-Amz-Date."
        )
      }
      (credential, headers, signature) = (given, names, value)
      timestamp = date
      sessionToken = query["X-Amz-Security-Token"]
      guard let seconds = Int64(digits: query["X-Amz-Expires"] ?? "900"), (1...Self.longestExpiry).contains(seconds)
      else {
        throw .incomplete("X-Amz-Expires must be a number of seconds between 1 and \(Self.longestExpiry).")
      }
      expiry = seconds
    } else {
      throw .missingToken
    }
    let scope = credential.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let isPlain = scope.joined().utf8.allSatisfy { byte in
      byte.isASCIIDigit || (0x41...0x5A).contains(byte & 0xDF) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
    guard isPlain, scope.count == 5, scope[4] == "aws4_request",
      scope.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 128 })
    else {
      throw .incomplete("Credential must have 5 slash-delimited elements, e.g. keyid/date/region/service/term.")
    }
    (accessKeyID, date, region, service) = (scope[0], scope[1], scope[2], scope[3])
    guard let time = Self.time(timestamp) else {
      throw .incomplete("Date must be in ISO-8601 'basic format', as 20260217T094442Z.")
    }
    self.time = time
    signedHeaders = headers.split(separator: ";", omittingEmptySubsequences: false).map(String.init)
    guard signedHeaders.allSatisfy({ !$0.isEmpty }) else {
      throw .incomplete("SignedHeaders must be names with one ';' between them.")
    }
    guard let bytes = [UInt8](hexadecimal: signature.utf8), bytes.count == 32 else { throw .wrongSignature }
    self.signature = bytes
  }

  private static let algorithm = "AWS4-HMAC-SHA256"

  private static func fields(
    ofAuthorization header: String
  ) throws(QueryError) -> (credential: String, signedHeaders: String, signature: String) {
    guard header.hasPrefix(algorithm + " ") else {
      // Another scheme is no signature at all.
      throw header.hasPrefix("AWS4") ? .incomplete("Unsupported AWS 'algorithm'.") : .missingToken
    }
    var fields: [String: String] = [:]
    for part in header.dropFirst(algorithm.count).split(separator: ",") {
      let pair = part.split(separator: "=", maxSplits: 1)
      guard pair.count == 2 else { throw .incomplete("Authorization header is not of the form Name=Value, …") }
      let name = String(pair[0].drop { $0 == " " })
      guard fields.updateValue(String(pair[1].filter { $0 != " " }), forKey: name) == nil else {
        throw .incomplete("Authorization header holds a name twice.")
      }
    }
    guard let credential = fields["Credential"], let headers = fields["SignedHeaders"],
      let signature = fields["Signature"]
    else {
      throw .incomplete("Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters.")
    }
    return (credential, headers, signature)
  }

  /// Refuses what is signed for another service or day, too long ago, ahead of time, or without what has to be signed.
  package func check(for expected: String, at now: UnixTime) throws(QueryError) {
    guard service == expected else {
      throw .signature("Credential should be scoped to correct service: '\(expected)'. ")
    }
    guard timestamp.prefix(8) == date else {
      throw .signature(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '\(date.prefix(16))' "
          + "!= '\(timestamp.prefix(8))', from '\(timestamp)'.")
    }
    let latest = time.advanced(by: expiry ?? Self.tolerance), earliest = time.advanced(by: -Self.tolerance)
    if now > latest {
      let limit = expiry.map { "\($0) sec." } ?? "15 min."
      let bound = now.advanced(by: -(expiry ?? Self.tolerance)).compact
      throw .signature("Signature expired: \(timestamp) is now earlier than \(bound) (\(now.compact) - \(limit))")
    }
    if now < earliest {
      let bound = now.advanced(by: Self.tolerance).compact
      throw .signature(
        "Signature not yet current: \(timestamp) is still later than \(bound) (\(now.compact) + 15 min.)")
    }
    let names = Set(signedHeaders)
    guard signedHeaders == signedHeaders.sorted(), names.count == signedHeaders.count, names.contains("host"),
      expiry != nil || names.contains("x-amz-date"),
      expiry != nil || sessionToken == nil || names.contains("x-amz-security-token")
    else {
      throw .signature("'Host', and every 'X-Amz-…' header, must be a 'SignedHeader' in the AWS Authorization.")
    }
  }

  /// Whether `secret` makes this signature of the request.
  package func matches(_ request: SignedRequest, secret: borrowing SecretBytes) throws(CryptoError) -> Bool {
    guard let canonical = try canonicalRequest(request) else { return false }
    let hash = try SHA256.hash(Array(canonical.utf8).span).hexadecimal
    let scope = "\(date)/\(region)/\(service)/aws4_request"
    let expected = try sign("\(Self.algorithm)\n\(timestamp)\n\(scope)\n\(hash)", secret: secret)
    return expected.withBytes { expected in ConstantTime.equal(expected, signature.span) }
  }

  private func sign(_ text: String, secret: borrowing SecretBytes) throws(CryptoError) -> SecretBytes {
    var start = SecretBuffer()
    let prefix = Array("AWS4".utf8)
    start.append(prefix.span)
    secret.withBytes { start.append($0) }
    var key = start.finish()
    for part in [date, region, service, "aws4_request", text] {
      var mac = try HMAC(.sha256, key: key)
      let message = Array(part.utf8)
      key = try mac.withAuthenticationCode(of: message.span) { SecretBytes(copying: $0) }
    }
    return key
  }

  /// nil where a header that is to be signed is missing.
  private func canonicalRequest(_ request: SignedRequest) throws(CryptoError) -> String? {
    var lines = [request.method, "/", Self.canonicalQuery(request.query ?? "")]
    for name in signedHeaders {
      guard let value = Self.value(of: name, in: request) else { return nil }
      lines.append("\(name):\(value)")
    }
    let payload = try SHA256.hash(request.body.span).hexadecimal
    lines += ["", signedHeaders.joined(separator: ";"), payload]
    return lines.joined(separator: "\n")
  }

  /// The values of a header, in their order, with single spaces.
  private static func value(of name: String, in request: SignedRequest) -> String? {
    if name == "host" { return request.host }
    let values = request.headers(name)
    guard !values.isEmpty, name == name.lowercased() else { return nil }
    return values.map { $0.split(separator: " ").joined(separator: " ") }.joined(separator: ",")
  }

  /// The parameters but the signature, encoded one way and sorted.
  private static func canonicalQuery(_ query: Substring) -> String {
    var pairs: [(String, String)] = []
    for pair in query.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let words = [parts[0], parts.count > 1 ? parts[1] : ""].map { text in
        // A plus is read as a space, and so that is what is signed.
        let bytes = text.utf8.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }
        return PercentEncoding.encode((try? PercentEncoding.decodeBytes(bytes.span, what: "the query")) ?? bytes)
      }
      if words[0] != "X-Amz-Signature" { pairs.append((words[0], words[1])) }
    }
    return pairs.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
  }

  /// Seconds since 1970 of `20260217T094442Z`; nil for anything else.
  private static func time(_ text: String) -> UnixTime? {
    let bytes = Array(text.utf8)
    guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z") else { return nil }
    let digits = bytes[..<8] + bytes[9..<15]
    guard digits.allSatisfy(\.isASCIIDigit) else { return nil }
    let number = { (range: Range<Int>) in bytes[range].reduce(Int64(0)) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) } }
    return UnixTime(
      year: number(0..<4), month: number(4..<6), day: number(6..<8), hour: number(9..<11), minute: number(11..<13),
      second: number(13..<15))
  }
}

extension UnixTime {
  /// As signatures write it: `20260217T094442Z`.
  package var compact: String { text.filter { $0 != "-" && $0 != ":" } }
}
