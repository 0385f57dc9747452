import Synchronization
import Verifier

final class Warnings: Sendable {
  private let seen = Mutex<[Verifier.Warning]>([])
  func append(_ warning: Verifier.Warning) { seen.withLock { $0.append(warning) } }
  var all: [Verifier.Warning] { seen.withLock(\.self) }
}
