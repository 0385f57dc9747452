public import OATH

/// Two codes as a person reads them off a device, one after the other.
public struct CodePair: Sendable, Equatable {
  /// The code of some step.
  public let first: OneTimeCode
  /// The code of the step after it.
  public let second: OneTimeCode

  /// In the order in which the device showed them.
  public init(_ first: OneTimeCode, _ second: OneTimeCode) {
    self.first = first
    self.second = second
  }
}

/// The two-consecutive-codes rule. Pairs are searched, never one code and then the other: within a wide reach a single
/// code also matches decoy steps (there are a million codes, and thousands of steps).
enum PairSearch {
  enum Result: Equatable {
    case none
    /// `first` is the step of the first code.
    case one(first: Int64)
    /// Several pairs of steps have these codes; which one the person saw cannot be known.
    case several
  }

  /// Looks through the steps whose distance from `present`, for the second code, is at most `reach`. Takes the same
  /// time wherever the pair lies.
  static func find(
    _ pair: CodePair, of totp: inout TOTP, around present: Int64, reach: Int64,
    where isAllowed: (_ first: Int64) -> Bool
  ) throws(VerifierError) -> Result {
    var result = Result.none, previousWasFirst = false
    for step in present - reach - 1...present + reach {
      let (isFirst, isSecond) = try totp.matches(pair, step: step)
      if previousWasFirst && isSecond && isAllowed(step - 1) {
        result = result == .none ? .one(first: step - 1) : .several
      }
      previousWasFirst = isFirst
    }
    return result
  }
}

extension TOTP {
  /// Whether the code of `step` is the first and whether it is the second of `pair`; they may be equal.
  fileprivate mutating func matches(_ pair: CodePair, step: Int64) throws(VerifierError) -> (first: Bool, second: Bool)
  {
    do throws(OATHError) {
      guard let code = try code(step: step) else { return (false, false) }
      return (code == pair.first, code == pair.second)
    } catch { throw .oath(error) }
  }
}
