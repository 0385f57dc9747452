internal import ArgumentParser

/// `vmfa device`.
struct DeviceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "device", abstract: "Virtual MFA devices, step by step.",
    subcommands: [
      DeviceCreateCommand.self, DeviceEnableCommand.self, DeviceResyncCommand.self, DeviceListCommand.self,
      DeviceShowCommand.self, DeviceDeactivateCommand.self, DeviceDeleteCommand.self, DeviceUnlockCommand.self,
      DeviceImportCommand.self, DeviceExportCommand.self,
    ])
}
