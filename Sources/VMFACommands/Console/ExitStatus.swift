internal import Directory
internal import DurableFiles
internal import Interchange
internal import LoginService
internal import OATH
internal import OpenSSLCrypto
internal import QRCode
internal import Vault
internal import Verifier

/// How a command ends (after sysexits.h). The numbers are a promise, kept in vmfa(1).
enum ExitStatus: Int32, Sendable {
  case done = 0
  case refused = 1
  case usage = 64
  case data = 65
  case missing = 66
  case unreachable = 69
  case exists = 73
  case inputOutput = 74
  case locked = 75
  case forbidden = 77
}

/// What a command cannot do, with the way out where there is one.
struct CommandError: Error, Equatable {
  let status: ExitStatus
  let message: String
  let hint: String?

  init(_ status: ExitStatus, _ message: String, hint: String? = nil) {
    self.status = status
    self.message = message
    self.hint = hint
  }
}

/// The command ends with this status, and all has been said.
struct Ending: Error {
  let status: Int32

  init(_ status: ExitStatus) { self.status = status.rawValue }
  /// As a shell reports a process that a signal ended.
  init(signal: Int32) { status = 128 + signal }
}

extension CommandError {
  /// Any error of the libraries below, in the words and with the status of the command line.
  init(_ error: any Error) {
    switch error {
    case let error as CommandError: self = error
    case let error as WrongCodeLength: self.init(error.error)
    case let error as VerifierError: self.init(error.status, "\(error)", hint: error.hint)
    case let error as OATHError: self.init(.data, "\(error)")
    case let error as FileError: self.init(error.status, "\(error)")
    case let error as QRCodeError: self.init(.data, "\(error)")
    case let error as VaultError: self.init(error.status, "\(error)", hint: error.hint)
    case let error as ImportError: self.init(error.status, "\(error)")
    case CryptoError.invalidCost: self.init(.data, "\(error)")
    case let error as DirectoryError: self.init(error)
    case let error as ConfigurationError: self.init(.usage, "\(error)")
    default: self.init(.inputOutput, "\(error)")
    }
  }
}

extension VerifierError {
  fileprivate var status: ExitStatus {
    switch self {
    case .malformedName, .unusableHistory, .wrongCodeLength, .seedLength, .unusableURI, .corruptRecord, .oath: .data
    case .invalidRule: .usage
    case .noSuchUser, .noSuchDevice, .noSuchAuditRow, .notDevice, .notEnabled, .noActiveDevice: .missing
    case .alreadyEnabled, .stillEnabled, .serialTaken, .userExists, .userHasDevices, .keyInUse, .rotationOvertaken,
      .requestIDTaken, .tooManyDevices:
      .exists
    case .masterKey, .needsMFA: .forbidden
    case .unknownKey: .data
    case .crypto: .inputOutput
    case .store(let failure):
      switch failure {
      case .missing: .missing
      case .unreachable: .unreachable
      case .readOnly, .inputOutput, .outcomeUnknown: .inputOutput
      case .corrupt, .newerSchema: .data
      }
    }
  }

  fileprivate var hint: String? {
    switch self {
    case .masterKey(_, let hint): hint
    case .noSuchDevice: "vmfa device list shows them all"
    case .noSuchAuditRow: "vmfa audit list shows their ids with --json"
    case .noSuchUser: "vmfa user list shows them all"
    case .notEnabled: "vmfa device enable ID CODE1 CODE2 enables it"
    case .alreadyEnabled: "vmfa device resync sets its clock again"
    case .stillEnabled: "deactivate it first, or use --force"
    case .noActiveDevice: "vmfa enroll USER makes one"
    case .userHasDevices: "deactivate it first, or use --force"
    case .serialTaken: "choose another --name"
    case .store(.missing): "vmfa enroll USER or vmfa database migrate makes it; --database names another one"
    case .store(.unreachable):
      "see that its address is right (--database, VMFA_DATABASE) and nothing keeps it locked, then try again"
    case .store(.outcomeUnknown): "wait for the next code, and try that one"
    case .store(.corrupt): "restore it from a backup"
    case .store(.newerSchema): "use the vmfa that made it, or a newer one"
    default: nil
    }
  }
}

extension VaultError {
  fileprivate var status: ExitStatus {
    switch self {
    case .missing: .missing
    case .exists: .exists
    case .broken, .oath, .emptyPassphrase: .data
    case .wrongPassphrase: .forbidden
    case .file(let error): error.status
    case .crypto(.invalidCost): .data
    case .crypto: .inputOutput
    }
  }

  fileprivate var hint: String? {
    switch self {
    case .missing: "vmfa vault init makes one, vmfa vault restore FILE brings one back"
    case .broken: "the version before the last save is beside it, ending in .bak: vmfa vault restore"
    case .file(.unsafe(let path, _)): "chmod 600 \(path.shellWord)"
    default: nil
    }
  }
}

extension ImportError {
  fileprivate var status: ExitStatus {
    switch self {
    case .wrongPassphrase, .needsPassphrase: .forbidden
    case .unrecognised, .broken, .unsupported: .data
    }
  }
}

extension FileError {
  fileprivate var status: ExitStatus {
    switch self {
    case .missing: .missing
    case .exists: .exists
    case .unusable: .data
    case .unsafe: .forbidden
    case .failed: .inputOutput
    }
  }
}

extension CommandError {
  fileprivate init(_ error: DirectoryError) {
    switch error {
    case .verifier(let error): self.init(error as any Error)
    case .noSuchUser, .noLoginProfile, .noSuchAccessKey, .noSuchAlias, .noPasswordPolicy:
      self.init(.missing, "\(error)")
    case .noSuchToken: self.init(.missing, "\(error)", hint: "vmfa token list shows them all")
    case .userExists, .userHas, .loginProfileExists, .quota, .tokenExists: self.init(.exists, "\(error)")
    case .alreadyInitialised: self.init(.exists, "\(error)", hint: "vmfa account show shows it")
    case .passwordPolicy: self.init(.data, "\(error)")
    case .wrongPassword, .mayNotChangePassword, .sessionOver: self.init(.forbidden, "\(error)")
    case .busy: self.init(.locked, "\(error)")
    }
  }
}
