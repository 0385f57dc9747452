package import CoreMetrics
internal import Synchronization

/// Metrics as Prometheus reads them (text format 0.0.4): a factory for swift-metrics, and what renders all it made.
///
/// Counters end in `_total` and timers in `_seconds`, as the labels that are asked for say; timers are histograms.
package final class PrometheusMetrics: MetricsFactory {
  private struct Key: Hashable {
    package let label: String
    package let dimensions: String
  }

  private let counters = Mutex<[Key: PrometheusCounter]>([:])
  private let gauges = Mutex<[Key: PrometheusGauge]>([:])
  private let histograms = Mutex<[Key: PrometheusHistogram]>([:])

  package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    counters.withLock { Self.find(label, dimensions, in: &$0, PrometheusCounter.init) }
  }

  package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    gauges.withLock { Self.find(label, dimensions, in: &$0, PrometheusGauge.init) }
  }

  package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    histograms.withLock { Self.find(label, dimensions, in: &$0, PrometheusHistogram.init) }
  }

  // Series stay: a counter that vanished and came back would read as a reset.
  package func destroyCounter(_ handler: any CounterHandler) {}
  package func destroyRecorder(_ handler: any RecorderHandler) {}
  package func destroyTimer(_ handler: any TimerHandler) {}

  private static func find<Handler>(
    _ label: String, _ dimensions: [(String, String)], in all: inout [Key: Handler], _ make: () -> Handler
  ) -> Handler {
    let names = dimensions.map { name, value in "\(name)=\"\(escaped(value))\"" }.joined(separator: ",")
    let key = Key(label: label, dimensions: names)
    if let known = all[key] { return known }
    let made = make()
    all[key] = made
    return made
  }

  private static func escaped(_ value: String) -> String {
    value.reduce(into: "") { text, character in
      switch character {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\n": text += "\\n"
      default: text.append(character)
      }
    }
  }

  /// All series, those of one name together.
  package func render() -> String {
    var lines: [String] = []
    Self.render(counters.withLock { $0 }, as: "counter", into: &lines) { name, labels, counter in
      ["\(name)\(Self.braced(labels)) \(counter.value)"]
    }
    Self.render(gauges.withLock { $0 }, as: "gauge", into: &lines) { name, labels, gauge in
      ["\(name)\(Self.braced(labels)) \(gauge.value)"]
    }
    Self.render(histograms.withLock { $0 }, as: "histogram", into: &lines) { $2.lines(name: $0, labels: $1) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func render<Handler>(
    _ all: [Key: Handler], as type: String, into lines: inout [String],
    _ series: (_ name: String, _ labels: String, Handler) -> [String]
  ) {
    var name = ""
    for (key, handler) in all.sorted(by: { ($0.key.label, $0.key.dimensions) < ($1.key.label, $1.key.dimensions) }) {
      if key.label != name { lines.append("# TYPE \(key.label) \(type)") }
      name = key.label
      lines += series(name, key.dimensions, handler)
    }
  }

  fileprivate static func braced(_ labels: String) -> String { labels.isEmpty ? "" : "{\(labels)}" }
}

private final class PrometheusCounter: CounterHandler {
  private let count = Atomic<Int64>(0)
  package var value: Int64 { count.load(ordering: .relaxed) }
  package func increment(by amount: Int64) { count.wrappingAdd(amount, ordering: .relaxed) }
  package func reset() { count.store(0, ordering: .relaxed) }
}

private final class PrometheusGauge: RecorderHandler {
  private let last = Mutex<Double>(0)
  package var value: Double { last.withLock { $0 } }
  package func record(_ value: Int64) { record(Double(value)) }
  package func record(_ value: Double) { last.withLock { $0 = value } }
}

private final class PrometheusHistogram: TimerHandler {
  /// Upper bounds, in seconds.
  private static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
  private static let nanoseconds = bounds.map { Int64($0 * 1e9) }

  private let state = Mutex<(buckets: [Int64], sum: Int64, count: Int64)>(
    (Array(repeating: 0, count: bounds.count), 0, 0))

  package func recordNanoseconds(_ duration: Int64) {
    state.withLock { state in
      if let bucket = Self.nanoseconds.firstIndex(where: { duration <= $0 }) { state.buckets[bucket] += 1 }
      state.sum += duration
      state.count += 1
    }
  }

  package func lines(name: String, labels: String) -> [String] {
    let (buckets, sum, count) = state.withLock { $0 }
    let comma = labels.isEmpty ? "" : ","
    var below: Int64 = 0
    var lines = zip(Self.bounds, buckets).map { bound, number in
      below += number
      return "\(name)_bucket{\(labels)\(comma)le=\"\(bound)\"} \(below)"
    }
    lines.append("\(name)_bucket{\(labels)\(comma)le=\"+Inf\"} \(count)")
    lines.append("\(name)_sum\(PrometheusMetrics.braced(labels)) \(Double(sum) / 1e9)")
    lines.append("\(name)_count\(PrometheusMetrics.braced(labels)) \(count)")
    return lines
  }
}
