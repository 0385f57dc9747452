internal import OATH
internal import Verifier

/// A code that no device can show, since it has too few digits or too many.
struct WrongCodeLength: Error {
  /// Which of the two codes of a pair.
  enum Ordinal: String { case first, second }

  /// How many digits it has.
  let count: Int
  let ordinal: Ordinal?
  /// The error to show when the user's devices are not known.
  let error: any Error

  /// The same, with the number of digits that the user's devices show.
  func explained(for user: UserName, by verifier: () async throws -> Verifier) async -> any Error {
    guard let found = try? await verifier().user(user) else { return error }
    let devices = found.devices.filter(\.isAssigned)
    return explained(of: user, devices, takesScratchCodes: found.user.recovery?.holdScratchCodes ?? false)
  }

  /// The same, with the number of digits that the device shows.
  func explained(for device: DeviceReference, by verifier: () async throws -> Verifier) async -> any Error {
    guard let found = try? await verifier().device(device) else { return error }
    return explained(of: found.user, [found], takesScratchCodes: false)
  }

  private func explained(of user: UserName, _ devices: [Device], takesScratchCodes: Bool) -> any Error {
    guard !devices.isEmpty else { return error }
    let lengths = Set(devices.map(\.parameters.digits.rawValue)).sorted().map(String.init).joined(separator: " or ")
    let shown = devices.count == 1 ? "device shows \(lengths) digits" : "devices show \(lengths) digits"
    let recovery = takesScratchCodes ? ", and a recovery code has 8" : ""
    let prefix = ordinal.map { "the \($0.rawValue) code: " } ?? ""
    return CommandError(.data, "\(prefix)\(user)'s \(shown)\(recovery); this has \(count)")
  }
}

extension PairArguments {
  /// Reads both codes and gives them to `body`, with the verifier.
  /// - Throws: with the number of digits that the device shows, for a code that has another number.
  func use<R>(
    for device: DeviceReference, _ options: VerifierOptions, isDrill: Bool,
    _ body: (Verifier, CodePair) async throws -> R
  ) async throws -> R {
    let pair: CodePair
    do { pair = try self.pair() } catch let wrong as WrongCodeLength {
      throw await wrong.explained(for: device) { try await options.verifier(isDrill: true) }
    }
    let verifier = try await options.verifier(isDrill: isDrill)
    do { return try await body(verifier, pair) } catch VerifierError.wrongCodeLength(let expected) {
      let isFirst = !expected.contains(pair.first.length), code = isFirst ? pair.first : pair.second
      let wrong = WrongCodeLength(
        count: code.length.rawValue, ordinal: isFirst ? .first : .second,
        error: VerifierError.wrongCodeLength(expected: expected))
      throw await wrong.explained(for: device) { verifier }
    }
  }
}
