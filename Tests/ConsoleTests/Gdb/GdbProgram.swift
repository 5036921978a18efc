import Foundation

/// A program that gdb and our prompt debug side by side, built from C with debug information.
final class GdbProgram {
  let folder: String
  let image: String

  /// Who compiles it.
  enum Compiler: String, CaseIterable, Sendable {
    /// Debian's package gcc-riscv64-unknown-elf.
    case gcc = "riscv64-unknown-elf-gcc"
    /// The one beside `swift`.
    case clang

    var path: String? { self == .gcc ? GdbTools.find(rawValue) : GdbTools.swiftFolder.map { "\($0)/clang" } }
    var arguments: [String] {
      let common = ["-march=rv64gc", "-mabi=lp64d", "-mcmodel=medany", "-nostdlib", "-ffreestanding", "-g"]
      return self == .gcc ? common : common + ["--target=riscv64-none-elf", "-fuse-ld=lld", "-mno-relax"]
    }
  }

  init(_ compiler: Compiler, optimization: String) throws {
    folder = NSTemporaryDirectory() + "vitrine-gdb-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, text) in [
      ("program.c", Self.source), ("start.S", BareProgram.start(calling: "main")), ("program.ld", BareProgram.script),
    ] {
      try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    }
    image = folder + "/program.elf"
    let outcome = try GdbTools.run(
      compiler.path ?? "",
      compiler.arguments + [optimization, "-T", "program.ld", "start.S", "program.c", "-o", image],
      folder: folder)
    guard outcome.status == 0 else { throw GdbTools.Failure(text: outcome.output) }
  }
  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Lines matter: `break` names some of them.
  static let source = """
    typedef unsigned long size_t;
    enum color { RED, GREEN = 5, BLUE };
    enum { ONE = 1, TWO = 2, FOUR = 4 } flags = 3;
    struct point { int x, y; };
    struct node { struct node *next; const char *name; struct point where; enum color color; unsigned a : 3; unsigned b : 5; double weight; };
    union word { unsigned int whole; unsigned char bytes[4]; };
    typedef struct { int a; union { char c; short s; }; struct { int k; } in; } nameless;
    typedef int (*operation)(int, char *);
    static struct node second = { 0, "second", { 3, 4 }, BLUE, 5, 9, 0.25 };
    struct node first = { &second, "first", { 1, 2 }, GREEN, 2, 1, 1.5 };
    int table[5] = { 10, 20, 30, 40, 50 };
    char text[16] = "hello";
    union word w = { 0x01020304 };
    nameless odd = { 1, { 'x' }, { 7 } };
    operation op;
    unsigned char byte = 200;
    signed char small = -3;
    _Bool yes = 1;
    long long big = -1;
    unsigned short us = 65535;
    const char *const names[2] = { "a", "bb" };
    int grid[2][3] = { { 1, 2, 3 }, { 4, 5, 6 } };
    float fl = 0.1f;
    volatile const int vc = 3;
    void *vp = &big;
    char long_text[300];
    int zeros[30];
    short (*rows)[3];
    size_t bytes = 5;
    volatile int counter;
    int add(int a, int b)
    {
        int sum = a + b;
        counter++;
        return sum;
    }
    struct point mirror(struct point p)
    {
        struct point q = { p.y, p.x };
        return q;
    }
    long fact(int n)
    {
        static int calls;
        calls++;
        if (n <= 1)
            return 1;
        return n * fact(n - 1);
    }
    int walk(struct node *n)
    {
        int total = 0;
        for (; n; n = n->next) {
            int here = n->where.x + n->where.y;
            total += here;
        }
        return total;
    }
    int main(void)
    {
        int i, total = 0;
        struct point p = { 7, 8 };
        for (i = 0; i < 3; i++)
            total = add(total, table[i]);
        p = mirror(p);
        total += (int)fact(5);
        total += walk(&first);
        return total;
    }

    """
}

extension GdbProgram {
  /// The number of the line that has a text.
  static func line(_ text: String) -> Int {
    (source.components(separatedBy: "\n").firstIndex { $0.contains(text) } ?? -1) + 1
  }
}

/// Programs of other packages, found through PATH.
enum GdbTools {
  struct Failure: Error { var text: String }

  static let gdb = find("gdb-multiarch")
  static let qemu = find("qemu-system-riscv64")
  static let areHere = gdb != nil && qemu != nil
  static let swiftFolder = find("swift").map { URL(fileURLWithPath: $0).resolvingSymlinksInPath().path }
    .map { String($0[..<$0.lastIndex(of: "/")!]) }

  static func find(_ name: String) -> String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return path.split(separator: ":").map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  static func run(
    _ path: String, _ arguments: [String], folder: String
  ) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardInput = FileHandle.nullDevice
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
  }

  /// What gdb answers to each command, on QEMU's stub, the program stopped at reset.
  static func answers(_ commands: [String], to program: GdbProgram) throws -> [String] {
    // A path of a socket has a hundred characters at most.
    let socket = "/tmp/vitrine-\(UUID().uuidString.prefix(8))"
    let machine = Process()
    machine.executableURL = URL(fileURLWithPath: qemu ?? "")
    machine.arguments = [
      "-M", "virt", "-nographic", "-monitor", "none", "-serial", "none", "-bios", program.image, "-S", "-gdb",
      "unix:\(socket),server=on,wait=off",
    ]
    machine.standardOutput = FileHandle.nullDevice
    machine.standardError = FileHandle.nullDevice
    try machine.run()
    defer {
      machine.terminate()
      machine.waitUntilExit()
      try? FileManager.default.removeItem(atPath: socket)
    }
    for _ in 0..<100 where !FileManager.default.fileExists(atPath: socket) { Thread.sleep(forTimeInterval: 0.05) }
    let settings = ["set confirm off", "set pagination off", "set width 0", "target remote \(socket)"]
    let mark = "echo @@@\\n"
    let marked = commands.flatMap { [mark, $0] } + [mark]
    let outcome = try run(
      gdb ?? "", ["-q", "-nx", "-batch", program.image] + (settings + marked).flatMap { ["-ex", $0] },
      folder: program.folder)
    // Behind the last mark is what gdb says when it leaves.
    return outcome.output.components(separatedBy: "@@@\n").dropFirst().dropLast().map(\.self)
  }
}
