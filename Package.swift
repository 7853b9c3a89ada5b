// swift-tools-version: 6.2
import PackageDescription

// The only edges allowed between targets are the ones listed here; scripts/check-imports compares every `import` with them.

let swift: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),
]

let c: [CSetting] = [.treatAllWarnings(as: .error)]

let openCL: TargetDependency = .target(name: "COpenCL", condition: .when(traits: ["OpenCL"]))

let postgreSQL: TargetDependency = .target(name: "CPostgreSQL", condition: .when(traits: ["PostgreSQL"]))

typealias TargetDependency = Target.Dependency

let package = Package(
  name: "ketwork",
  products: [
    .executable(name: "ketwork", targets: ["ketwork"]),
    .library(name: "Circuits", targets: ["Circuits"]),
    .library(name: "OpenQASM", targets: ["OpenQASM"]),
    .library(name: "Transpiler", targets: ["Transpiler"]),
    .library(name: "Mitigation", targets: ["Mitigation"]),
    .library(name: "Simulator", targets: ["Simulator"]),
    .library(name: "ZeroMQ", targets: ["ZeroMQ"]),
    .library(name: "KetworkClient", targets: ["Client"]),
  ],
  traits: [
    .trait(name: "OpenCL", description: "Run on OpenCL devices; libOpenCL is opened at run time."),
    .trait(name: "Receipts", description: "Sign results with ML-DSA-65 and verify such signatures."),
    .trait(name: "PostgreSQL", description: "Let a broker keep its jobs in a PostgreSQL database, through libpq."),
    .default(enabledTraits: ["OpenCL", "Receipts"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    // System libraries and C.
    .systemLibrary(name: "COpenCL", providers: [.apt(["opencl-headers"])]),
    .systemLibrary(name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
    .target(name: "CKernels", cSettings: c),

    // Pure values.
    .target(name: "Circuits", dependencies: [.product(name: "RealModule", package: "swift-numerics")], swiftSettings: swift),
    .target(name: "OpenQASM", dependencies: ["Circuits"], swiftSettings: swift),
    .target(
      name: "Transpiler", dependencies: ["Circuits", .product(name: "RealModule", package: "swift-numerics")], swiftSettings: swift),
    .target(
      name: "Mitigation", dependencies: ["Circuits", .product(name: "RealModule", package: "swift-numerics")],
      swiftSettings: swift),

    // Simulation.
    .target(name: "OpenCLRuntime", dependencies: [openCL], swiftSettings: swift),
    .target(name: "Simulator", dependencies: ["Circuits", "CKernels", "OpenCLRuntime"], swiftSettings: swift),

    // Orchestration.
    .target(name: "ZeroMQ", dependencies: ["CZeroMQ"], swiftSettings: swift),
    .target(
      name: "Protocol",
      dependencies: [
        "Circuits", .product(name: "SwiftProtobuf", package: "swift-protobuf"), .product(name: "Crypto", package: "swift-crypto"),
      ], exclude: ["proto"], swiftSettings: swift),
    .target(
      name: "Broker",
      dependencies: [
        "Protocol", "ZeroMQ", "CSQLite", postgreSQL, .product(name: "Logging", package: "swift-log"),
        .product(name: "GRDB", package: "GRDB.swift"),
      ], swiftSettings: swift),
    .target(
      name: "Worker",
      dependencies: [
        "Protocol", "ZeroMQ", "Simulator", "OpenQASM", "Circuits", "Mitigation", .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: swift),
    .target(
      name: "Client",
      dependencies: ["Protocol", "ZeroMQ", "Circuits", .product(name: "Logging", package: "swift-log")], swiftSettings: swift),

    // Command line.
    .executableTarget(
      name: "ketwork",
      dependencies: [
        "Circuits", "OpenQASM", "Transpiler", "OpenCLRuntime", "Simulator", "ZeroMQ", "Protocol", "Broker", "Worker",
        "Client",
        .product(name: "ArgumentParser", package: "swift-argument-parser"), .product(name: "Logging", package: "swift-log"),
        .product(name: "RealModule", package: "swift-numerics"),
      ], swiftSettings: swift),

    // Tests.
    .target(name: "TestSupport", dependencies: ["Circuits"], path: "Tests/TestSupport", swiftSettings: swift),
    .testTarget(name: "CircuitsTests", dependencies: ["Circuits", "TestSupport"], swiftSettings: swift),
    .testTarget(
      name: "OpenQASMTests", dependencies: ["OpenQASM", "Circuits", "TestSupport"], exclude: ["Corpus"], swiftSettings: swift),
    .testTarget(name: "TranspilerTests", dependencies: ["Transpiler", "Circuits", "TestSupport"], swiftSettings: swift),
    .testTarget(
      name: "MitigationTests", dependencies: ["Mitigation", "Circuits", "Simulator", "TestSupport"], swiftSettings: swift),
    .testTarget(name: "OpenCLRuntimeTests", dependencies: ["OpenCLRuntime", "TestSupport"], swiftSettings: swift),
    .testTarget(
      name: "SimulatorTests", dependencies: ["Simulator", "Circuits", "CKernels", "OpenCLRuntime", "TestSupport"],
      swiftSettings: swift),
    .testTarget(name: "ZeroMQTests", dependencies: ["ZeroMQ", "TestSupport"], swiftSettings: swift),
    .testTarget(
      name: "ProtocolTests", dependencies: ["Protocol", "Circuits", "TestSupport"], exclude: ["Golden", "GoldenReceipts"],
      swiftSettings: swift),
    // The broker's decisions on a virtual clock, by seeds; scripts/simulate runs many.
    .target(name: "BrokerSimulation", dependencies: ["Broker", "Protocol"], path: "Tests/BrokerSimulation", swiftSettings: swift),
    .executableTarget(name: "simulate", dependencies: ["BrokerSimulation"], path: "Tests/Simulate", swiftSettings: swift),
    .testTarget(
      name: "BrokerTests", dependencies: ["Broker", "BrokerSimulation", "Protocol", "ZeroMQ", "TestSupport"], swiftSettings: swift),
    .testTarget(
      name: "WorkerTests", dependencies: ["Worker", "Circuits", "Mitigation", "Protocol", "Simulator", "ZeroMQ", "TestSupport"],
      swiftSettings: swift),
    .testTarget(name: "ClientTests", dependencies: ["Client", "Protocol", "ZeroMQ", "TestSupport"], swiftSettings: swift),
    .testTarget(
      name: "KetworkTests",
      dependencies: [
        "ketwork", "Broker", "Circuits", "Client", "Protocol", "Simulator", "Transpiler", "ZeroMQ", "TestSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: swift),
    // Broker, workers and clients together, over real sockets.
    .testTarget(
      name: "ServiceTests",
      dependencies: [
        "Broker", "Worker", "Client", "Circuits", "Protocol", "Simulator", "ZeroMQ", "TestSupport",
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: swift),
    // Runs the real binary, so it is built first.
    .testTarget(
      name: "EndToEndTests", dependencies: ["ketwork", "Circuits", "Client", "Protocol", "ZeroMQ", "TestSupport"],
      swiftSettings: swift),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c2x
)
