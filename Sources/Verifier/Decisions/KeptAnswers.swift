internal import OATH
internal import OpenSSLCrypto

/// Answers of the last minutes under the request ids that they were given to. They are part of the user's record, and so are
/// kept in the same breath as what they tell of: a reply that was lost is asked for again without spending another code.
package struct KeptAnswers: Sendable, Equatable {
  /// How long an answer is kept, in seconds.
  static let lifetime: Int64 = 300
  /// How many are: an older one than these is gone, and its code is then spent.
  static let maximumCount = 32

  fileprivate struct Entry: Sendable, Equatable {
    var time: Int64
    /// Of the request id.
    var name: String
    /// Of request id and code, under the integrity key of this id; the code itself is not kept.
    var keyID, tag: String
    var answer: String
  }

  private var entries: [Entry] = []

  package init() {}

  /// What a request id that is known came with.
  enum Match { case sameCode(Verdict), otherCode }

  /// The outcome of a request id with a code.
  enum Outcome: Sendable {
    /// The id was new.
    case decided(Verdict)
    /// The id came with the same code before; this was the answer.
    case repeated(Verdict)
    /// The id came with another code before. Nothing was compared.
    case requestIDTaken
  }

  /// nil for a request id that is new.
  func answer(
    to requestID: String, with code: String, at now: UnixTime, keys: KeySet
  ) throws(VerifierError) -> Match? {
    let name = try Self.name(of: requestID)
    guard let entry = entries.last(where: { $0.name == name && $0.isAlive(at: now) }) else { return nil }
    guard let key = keys.integrityKey(entry.keyID) else { throw .unknownKey(entry.keyID) }
    let tag = Array(try Self.tag(requestID, code, under: key).utf8), kept = Array(entry.tag.utf8)
    guard ConstantTime.equal(tag.span, kept.span) else { return .otherCode }
    return Verdict(kept: entry.answer).map { .sameCode($0) }
  }

  /// But for that of a closed door, and that of no door at all: no code was looked at, so it spends none, and an answer from
  /// before the lock stays.
  mutating func keep(
    _ verdict: Verdict, to requestID: String, with code: String, at now: UnixTime, keys: KeySet
  ) throws(VerifierError) {
    switch verdict {
    case .rejected(.locked), .rejected(.noDevice): return
    case .rejected, .accepted: break
    }
    let key = keys.integrityKey
    entries.removeAll { !$0.isAlive(at: now) }
    entries.append(
      Entry(
        time: now.seconds, name: try Self.name(of: requestID), keyID: key.id,
        tag: try Self.tag(requestID, code, under: key), answer: verdict.kept))
    entries.removeFirst(max(0, entries.count - Self.maximumCount))
  }

  private static func name(of requestID: String) throws(VerifierError) -> String {
    let text = Array(requestID.utf8)
    do throws(CryptoError) { return Array(try SHA256.hash(text.span).prefix(16)).hexadecimal } catch {
      throw .crypto(error)
    }
  }

  private static func tag(
    _ requestID: String, _ code: String, under key: IntegrityKey
  ) throws(VerifierError) -> String {
    var text = CanonicalText("answer")
    text.append(requestID)
    text.append(code)
    let bytes = text.bytes
    return Array(try key.codeTag(bytes.span).prefix(16)).hexadecimal
  }
}

extension UnitState {
  /// What was answered to a request id before, else what `decide` answers now, which is kept. Another code under the same
  /// id is a guess like any other: counted, recorded, and not compared at all while the user is locked. Nor is the same one
  /// then: without a count, whoever knows the id could try codes until one is the one that was accepted.
  mutating func answer(
    _ requestID: String, code: String, at now: UnixTime, keys: KeySet,
    _ decide: (inout UnitState) throws(VerifierError) -> Verdict
  ) throws(VerifierError) -> KeptAnswers.Outcome {
    guard let user, user.lockInForce(at: now, rules: rules) == nil,
      let kept = try user.answers.answer(to: requestID, with: code, at: now, keys: keys)
    else {
      let verdict = try decide(&self)
      try self.user?.answers.keep(verdict, to: requestID, with: code, at: now, keys: keys)
      return .decided(verdict)
    }
    switch kept {
    case .sameCode(let verdict):
      events.append(AuditEvent(.repeatAnswer, at: now, user: user.name))
      return .repeated(verdict)
    case .otherCode:
      events.append(AuditEvent(.verifyCode, at: now, .rejected, reason: "request_id_taken", user: user.name))
      _ = refuse(.wrongCode, at: now)
      return .requestIDTaken
    }
  }
}

extension KeptAnswers.Entry {
  fileprivate func isAlive(at now: UnixTime) -> Bool { abs(now.seconds - time) < KeptAnswers.lifetime }
}

// As it is stored: a line for each answer, its fields between tabs.
extension KeptAnswers {
  /// nil while there is none.
  package var text: String? {
    guard !entries.isEmpty else { return nil }
    return entries.map { entry in
      [String(entry.time), entry.name, entry.keyID, entry.tag, entry.answer].joined(separator: "\t")
    }.joined(separator: "\n")
  }

  /// nil for what ``text`` did not write.
  package init?(text: String) {
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: "\t", maxSplits: 4, omittingEmptySubsequences: false).map(String.init)
      guard fields.count == 5, let time = Int64(fields[0]), Verdict(kept: fields[4]) != nil else { return nil }
      entries.append(Entry(time: time, name: fields[1], keyID: fields[2], tag: fields[3], answer: fields[4]))
    }
  }
}

extension Verdict {
  fileprivate var kept: String {
    switch self {
    case .accepted(.code(let device, let step)): "code\t\(step)\t\(device)"
    case .accepted(.recoveryCode(let remaining)): "recovery\t\(remaining)"
    case .rejected(.locked(let retryAfter?)): "locked\t\(retryAfter)"
    case .rejected(let rejection): rejection.word
    }
  }

  fileprivate init?(kept: String) {
    let fields = kept.split(separator: "\t", maxSplits: 2).map(String.init)
    switch (fields.first, fields.count) {
    case ("code", 3):
      guard let step = Int64(fields[1]) else { return nil }
      self = .accepted(.code(device: Serial(stored: fields[2]), step: step))
    case ("recovery", 2):
      guard let remaining = Int(fields[1]) else { return nil }
      self = .accepted(.recoveryCode(remaining: remaining))
    case ("locked", 2): self = .rejected(.locked(retryAfter: Int64(fields[1])))
    case ("locked", 1): self = .rejected(.locked(retryAfter: nil))
    case ("wrong_code", 1): self = .rejected(.wrongCode)
    case ("reused", 1): self = .rejected(.reused)
    case ("no_device", 1): self = .rejected(.noDevice)
    default: return nil
    }
  }
}
