import Foundation

/// Measures in one process what needs no server: reads lines `NAME COUNT` and answers each with the nanoseconds that
/// COUNT of it took; `code STEP` prints the code that vmfa has for a step, for comparing.
///
/// Whoever writes the lines decides what is measured beside what, and how often: see `compare/`.
@main struct OATHBench {
  static func main() async throws {
    var bench = Bench(try await Attempts.begin())
    while let line = readLine() {
      let words = line.split(separator: " ")
      switch words.first {
      case "code": say(try Codes.code(ofStep: Int64(words[1]) ?? 0))
      case let name?: say(String(try await bench.nanoseconds(of: String(name), count: Int64(words[1]) ?? 0)))
      case nil: break
      }
    }
  }

  private static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}
