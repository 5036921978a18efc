import ObjectFile

/// Asks everything that a debugger would, about some addresses and names, and checks what ``DebugInformation`` promises.
enum UseOfDebugInformation {
  static func use(_ file: ELFFile) {
    let debug = DebugInformation(file)
    let code = file.sections.filter { $0.flags.contains(.execute) }.prefix(4)
    for section in code {
      for step in 0..<24 {
        use(debug, at: section.address &+ (section.size / 24) &* UInt64(step))
      }
    }
    for path in debug.sourceFiles.prefix(10) {
      for found in debug.addresses(ofLine: 1, inFile: path) + debug.addresses(ofLine: 20, inFile: path) {
        precondition(found.line >= 1 && !found.addresses.isEmpty)
        for address in found.addresses.prefix(4) { use(debug, at: address) }
      }
    }
    for function in debug.functions.prefix(20) {
      _ = function.displayName
      if let entry = function.entry { use(debug, at: entry) }
      precondition(debug.functions(named: function.name).count >= 0)
    }
    for name in debug.globalNames.prefix(20) {
      for variable in debug.globals(named: name).prefix(4) { use(debug, variable, at: 0) }
    }
    for name in ["node", "Point", "uint64_t", "Swift.Int", "Int"] {
      for type in debug.types(named: name).prefix(4) { use(debug, type) }
    }
    for warning in debug.warnings { precondition(!warning.description.isEmpty) }
  }

  private static func use(_ debug: DebugInformation, at address: UInt64) {
    if let line = debug.line(at: address) { precondition(line.addresses.contains(address)) }
    if let line = debug.wholeLine(at: address) { precondition(line.addresses.contains(address)) }
    _ = debug.prologueEnd(ofFunctionAt: address)
    for (index, frame) in debug.frames(at: address).prefix(4).enumerated() {
      _ = frame.function.displayName
      for variable in debug.variables(at: address, inFrame: index).prefix(10) { use(debug, variable, at: address) }
    }
    if let rules = debug.unwindRules(at: address) {
      precondition(rules.addresses.contains(address))
      _ = try? rules.caller(context)
    }
  }

  private static func use(_ debug: DebugInformation, _ variable: DebugVariable, at address: UInt64) {
    do throws(Unavailable) { _ = try debug.location(of: variable, at: address, context) } catch {
      precondition(!error.description.isEmpty)
    }
    if let type = variable.type { use(debug, type) }
    _ = debug.declaration(of: variable.name, variable.type)
  }

  private static func use(_ debug: DebugInformation, _ type: TypeReference) {
    _ = debug.byteSize(of: type)
    _ = debug.definition(of: type)
    _ = debug.stripped(type)
  }

  private static var context: FrameContext {
    FrameContext(
      register: { $0 < 64 ? UInt64($0) << 32 : nil }, memory: { address, _ in address & 1 == 0 ? address : nil })
  }
}
