import RISCV
import SystemPackage

// Writes the files that are made from the instruction rows: `swift run generate-instructions Sources/RISCV/Engine`.
guard CommandLine.arguments.count == 2 else {
  try FileDescriptor.standardError.writeAll("usage: generate-instructions FOLDER   (Sources/RISCV/Engine)\n".utf8)
  throw CancellationError()
}
for (name, text) in GeneratedSource.files {
  let path = FilePath(CommandLine.arguments[1]).appending(name)
  let file = try FileDescriptor.open(
    path, .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite, .groupRead, .otherRead])
  try file.closeAfter { _ = try file.writeAll(text.utf8) }
}
