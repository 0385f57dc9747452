internal import Foundation
public import Logging
internal import OATH
internal import ServiceHTTP

/// Log lines on standard error: for people, or as JSON for programs.
public struct LineLogHandler: LogHandler {
  /// How a line is written.
  public enum Format: String, Sendable, CaseIterable {
    /// `time level message name=value …`
    case text
    /// One object a line.
    case json
  }

  private let format: Format
  /// As swift-log has it.
  public var logLevel: Logger.Level
  /// As swift-log has it.
  public var metadata: Logger.Metadata = [:]
  /// As swift-log has it.
  public var metadataProvider: Logger.MetadataProvider?

  /// Lines of this level and above.
  public init(format: Format, level: Logger.Level) {
    self.format = format
    logLevel = level
  }

  /// As swift-log has it.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes one line.
  public func log(event: LogEvent) {
    var all = metadata.merging(metadataProvider?.get() ?? [:]) { $1 }
    if let own = event.metadata { all.merge(own) { $1 } }
    let fields = all.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
    let time = Date().formatted(
      .iso8601.year().month().day().time(includingFractionalSeconds: true).timeZone(separator: .omitted))
    let message = event.message.description + (event.error.map { ": \($0)" } ?? "")
    let line: String
    switch format {
    case .text:
      let words = fields.map { name, value in "\(name)=\(value.contains(" ") ? value.quotedAsJSON : value)" }
      line = ([time, event.level.rawValue, message] + words).joined(separator: " ").withoutLineBreaks
    case .json:
      let members = [("time", time), ("level", event.level.rawValue), ("message", message)] + fields
      line = "{" + members.map { "\($0.quotedAsJSON):\($1.quotedAsJSON)" }.joined(separator: ",") + "}"
    }
    // A log that cannot be written is no reason to stop.
    try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
  }
}

extension String {
  /// One line, whatever came in: nobody writes lines of their own into the log.
  fileprivate var withoutLineBreaks: String {
    String(String.UnicodeScalarView(unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
  }
}
