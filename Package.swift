// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

let package = Package(
  name: "Vitrine",
  products: [.executable(name: "vitrine", targets: ["vitrine"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // A target may depend only on targets above it.
    .systemLibrary(
      name: "CEditline", pkgConfig: "libedit", providers: [.apt(["libedit-dev"]), .brew(["libedit"])]),
    .systemLibrary(
      name: "CCommonMark", pkgConfig: "libcmark-gfm",
      providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"]), .brew(["cmark-gfm"])]),
    .target(name: "Guests", path: "Guests", resources: [.copy("Catalog")], swiftSettings: strict),
    .target(name: "Lessons", path: "Lessons", resources: [.copy("Course")], swiftSettings: strict),
    .target(name: "RISCV", swiftSettings: strict),
    .target(name: "ObjectFile", swiftSettings: strict),
    .target(
      name: "Machine", dependencies: ["RISCV", "ObjectFile", .product(name: "SystemPackage", package: "swift-system")],
      swiftSettings: strict),
    .target(
      name: "Lockstep", dependencies: ["RISCV", "Machine", .product(name: "SystemPackage", package: "swift-system")],
      swiftSettings: strict),
    .target(name: "Hypervisor", dependencies: ["RISCV", "ObjectFile", "Machine"], swiftSettings: strict),
    .target(name: "Trace", dependencies: ["RISCV", "Machine"], swiftSettings: strict),
    .target(
      name: "Debugger", dependencies: ["RISCV", "ObjectFile", "Machine", "Hypervisor", "Trace"], swiftSettings: strict),
    .target(
      name: "LessonKit",
      dependencies: [
        "CCommonMark", "RISCV", "Machine", "Hypervisor", "Debugger", .product(name: "Yams", package: "Yams"),
      ], swiftSettings: strict),
    .target(
      name: "Console",
      dependencies: ["RISCV", "ObjectFile", "Machine", "Hypervisor", "Trace", "Debugger", "LessonKit"],
      swiftSettings: strict),
    .target(
      name: "CommandLineTool",
      dependencies: [
        "CEditline", "Guests", "Lessons", "RISCV", "ObjectFile", "Machine", "Hypervisor", "Trace", "Debugger",
        "LessonKit", "Console",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "SystemPackage", package: "swift-system"),
      ], swiftSettings: strict),
    .executableTarget(name: "vitrine", dependencies: ["CommandLineTool"], swiftSettings: strict),
    .executableTarget(
      name: "generate-instructions", dependencies: ["RISCV", .product(name: "SystemPackage", package: "swift-system")],
      swiftSettings: strict),
    .executableTarget(
      name: "fuzz-lockstep",
      dependencies: [
        "Lockstep", "Hypervisor", "Machine", .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict),

    .testTarget(
      name: "GuestsTests",
      dependencies: [
        "Guests", "RISCV", "Machine", "ObjectFile", .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict),
    .testTarget(name: "RISCVTests", dependencies: ["RISCV", "Lockstep"], swiftSettings: strict),
    .testTarget(name: "ObjectFileTests", dependencies: ["ObjectFile", "Guests"], swiftSettings: strict),
    .testTarget(
      name: "MachineTests", dependencies: ["Machine", "RISCV", "ObjectFile", "Guests"], swiftSettings: strict),
    .testTarget(
      name: "HypervisorTests",
      dependencies: [
        "Hypervisor", "Lockstep", "Machine", "RISCV", "ObjectFile", "Guests",
        .product(name: "SystemPackage", package: "swift-system"),
      ], swiftSettings: strict),
    .testTarget(
      name: "TraceTests",
      dependencies: [
        "Trace", "Hypervisor", "Machine", "RISCV", "Guests", .product(name: "SystemPackage", package: "swift-system"),
      ], swiftSettings: strict),
    .testTarget(
      name: "DebuggerTests",
      dependencies: [
        "Debugger", "Hypervisor", "Machine", "ObjectFile", "RISCV", "Guests",
        .product(name: "SystemPackage", package: "swift-system"),
      ], swiftSettings: strict),
    .testTarget(name: "LessonKitTests", dependencies: ["LessonKit"], swiftSettings: strict),
    .testTarget(
      name: "ConsoleTests",
      dependencies: [
        "Console", "LessonKit", "Debugger", "Trace", "Hypervisor", "Machine", "RISCV", "Guests",
      ],
      resources: [.copy("Sessions")], swiftSettings: strict),
    .testTarget(
      name: "CommandLineToolTests",
      dependencies: [
        "CommandLineTool", "LessonKit", "Guests", "Hypervisor", "Machine", "RISCV",
        .product(name: "SystemPackage", package: "swift-system"),
      ], swiftSettings: strict),
    .testTarget(
      name: "ConformanceTests",
      dependencies: [
        "Lockstep", "Machine", "RISCV", "ObjectFile", .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict),
  ]
)

// Targets for libFuzzer, which only a build that asks for them has (Tests/Fuzz/run).
if Context.environment["VITRINE_FUZZ"] != nil {
  package.targets += [
    .target(name: "FuzzDriver", path: "Tests/Fuzz/Driver", swiftSettings: strict),
    .executableTarget(
      name: "fuzz-elf", dependencies: ["FuzzDriver", "ObjectFile", "Guests"], path: "Tests/Fuzz/ELF",
      swiftSettings: strict),
    .executableTarget(
      name: "fuzz-virtio",
      dependencies: [
        "FuzzDriver", "Machine", "RISCV", .product(name: "SystemPackage", package: "swift-system"),
      ], path: "Tests/Fuzz/Virtio", swiftSettings: strict),
    .executableTarget(
      name: "fuzz-assembly", dependencies: ["FuzzDriver", "RISCV"], path: "Tests/Fuzz/Assembly", swiftSettings: strict),
    .executableTarget(
      name: "fuzz-prompt",
      dependencies: [
        "FuzzDriver", "Guests", "Machine", "Debugger", "Console",
        .product(name: "SystemPackage", package: "swift-system"),
      ], path: "Tests/Fuzz/Prompt", swiftSettings: strict),
  ]
}
