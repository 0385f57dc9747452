internal import Foundation

/// The id of a device: a UUID, written in lower case. It stays when the device is renamed.
public struct DeviceID: Sendable, Hashable {
  /// 36 characters.
  public let text: String

  /// A new one.
  public init() { text = UUID().uuidString.lowercased() }

  /// nil for text that is not a UUID.
  public init?(_ text: String) {
    switch UUIDText.read(text) {
    case .lower: self.text = text
    case .upperOrMixed: self.text = text.lowercased()
    case nil: return nil
    }
  }
}

extension DeviceID: CustomStringConvertible {
  /// The UUID.
  public var description: String { text }
}

/// How a caller names a device.
public enum DeviceReference: Sendable, Hashable {
  /// By id.
  case id(DeviceID)
  /// By serial.
  case serial(Serial)

  /// A UUID is an id; everything else is taken for a serial.
  public init(_ text: String) {
    self = DeviceID(text).map { .id($0) } ?? .serial(Serial(stored: text))
  }

  /// Whether `device` is the one meant.
  public func names(_ device: Device) -> Bool {
    switch self {
    case .id(let id): device.id == id
    case .serial(let serial): device.serial == serial
    }
  }

  /// As it was given.
  public var text: String {
    switch self {
    case .id(let id): id.text
    case .serial(let serial): serial.text
    }
  }
}
