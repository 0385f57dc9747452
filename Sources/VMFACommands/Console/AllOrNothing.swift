/// Work after which either all is there or nothing.
enum AllOrNothing {
  /// - Parameters:
  ///   - work: what goes on with something that was just made, such as showing its secret, which is shown once.
  ///   - undo: removes that, since without the work it would only be in the way. A failure of this one is a warning: that
  ///     of the work is the cause.
  /// - Throws: as `work` does.
  static func run<R>(_ work: () async throws -> R, undo: () async throws -> Void) async throws -> R {
    do { return try await work() } catch {
      do { try await undo() } catch let failure {
        Console.current.warn("what was made for this is there all the same, since it could not be removed: \(failure)")
      }
      throw error
    }
  }
}
