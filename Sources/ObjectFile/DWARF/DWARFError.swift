/// Why a part of the debugging information was left out. The doc comment is the message.
package enum DWARFError: Error, Hashable, Sendable {
  /// This section is compressed, which is not read here: `llvm-objcopy --decompress-debug-sections`.
  case compressed(section: String)
  /// The section or its part ends inside what begins at this place. Build the file again.
  case truncated(DWARFPlace)
  /// Something refers to a place outside its section, which has `size` bytes. Build the file again.
  case outside(DWARFPlace, size: UInt64)
  /// A number of more than 64 bits. Build the file again.
  case largeNumber(DWARFPlace)
  /// A string without an end, or of more than 64 KiB. Build the file again.
  case unterminated(DWARFPlace)
  /// A reserved length. Build the file again.
  case reservedLength(DWARFPlace, UInt64)
  /// A version of this part that is not read here: compile with `-gdwarf-5` or `-gdwarf-4`.
  case unknownVersion(DWARFPlace, UInt64)
  /// Addresses of this many bytes, where 8 are right. Compile for a 64-bit machine.
  case wrongAddressSize(DWARFPlace, UInt64)
  /// An attribute written in a form that is not read here. Compile with `-gdwarf-5`, without vendor extensions.
  case unknownForm(DWARFPlace, UInt64)
  /// An attribute whose form makes no sense for it. Build the file again.
  case wrongForm(DWARFPlace, UInt64)
  /// An entry with an abbreviation that is not defined. Build the file again.
  case unknownAbbreviation(DWARFPlace, UInt64)
  /// A line program for a machine with several operations in an instruction. Compile for RISC-V.
  case severalOperations(DWARFPlace, UInt64)
  /// A line program that divides by its line range of 0. Build the file again.
  case noLineRange(DWARFPlace)
  /// A count that its section cannot hold. Build the file again.
  case largeCount(DWARFPlace, UInt64)
  /// Entries nested more than 512 deep, or references in a circle. Build the file again.
  case tooDeep(DWARFPlace)
  /// Parts share so many bytes that reading them all takes too long. Build the file again.
  case tooMuchWork(DWARFPlace)
  /// A reference to no entry. Build the file again.
  case noEntry(DWARFPlace)
  /// A reference into another file or to a type by its signature. Compile without `-gsplit-dwarf`, `dwz` and
  /// `-fdebug-types-section`.
  case elsewhere(DWARFPlace)
  /// An operation or a kind of list entry that is not known here. Build the file again without vendor extensions.
  case unknownOperation(DWARFPlace, UInt64)
  /// A table of frames with an augmentation that is not known here. Build the file again.
  case unknownAugmentation(DWARFPlace, String)
  /// A pointer of `.eh_frame` in an encoding that is not read here. Build the file again.
  case unknownEncoding(DWARFPlace, UInt64)
}

extension DWARFError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .compressed(let section):
      "\(section) is compressed, which is not read here. "
        + "Unpack it first: llvm-objcopy --decompress-debug-sections FILE."
    case .truncated(let place): "\(place): the section ends inside what begins here. \(Advice.again)"
    case .outside(let place, let size):
      "something refers to \(place), outside the section, which has \(size) bytes. \(Advice.again)"
    case .largeNumber(let place): "\(place): a number of more than 64 bits. \(Advice.again)"
    case .unterminated(let place): "\(place): a string without an end, or of more than 64 KiB. \(Advice.again)"
    case .reservedLength(let place, let value): "\(place): a reserved length, \(hex(value)). \(Advice.again)"
    case .unknownVersion(let place, let version):
      "\(place): version \(version), which is not read here. Compile with -gdwarf-5 or -gdwarf-4."
    case .wrongAddressSize(let place, let size):
      "\(place): addresses of \(size) bytes, where 8 are right. Compile for a 64-bit machine."
    case .unknownForm(let place, let form):
      "\(place): form \(hex(form)), which is not read here. Compile with -gdwarf-5, without vendor extensions."
    case .wrongForm(let place, let attribute):
      "\(place): attribute \(hex(attribute)) in a form that makes no sense for it. \(Advice.again)"
    case .unknownAbbreviation(let place, let code): "\(place): abbreviation \(code) is not defined. \(Advice.again)"
    case .severalOperations(let place, let count):
      "\(place): \(count) operations in an instruction, where 1 is right. Compile for RISC-V."
    case .noLineRange(let place): "\(place): a line program that divides by its line range of 0. \(Advice.again)"
    case .largeCount(let place, let count): "\(place): a count of \(count), which does not fit. \(Advice.again)"
    case .tooDeep(let place):
      "\(place): entries nested more than 512 deep, or references in a circle. \(Advice.again)"
    case .tooMuchWork(let place):
      "\(place): parts share so many bytes that reading them all takes too long. \(Advice.again)"
    case .noEntry(let place): "something refers to \(place), where no entry is. \(Advice.again)"
    case .elsewhere(let place):
      "\(place): a reference into another file or by a signature. "
        + "Compile without -gsplit-dwarf, dwz and -fdebug-types-section."
    case .unknownOperation(let place, let code):
      "\(place): operation \(hex(code)), which is not known here. Compile without vendor extensions."
    case .unknownAugmentation(let place, let text):
      "\(place): a table of frames with the unknown augmentation \"\(text)\". \(Advice.again)"
    case .unknownEncoding(let place, let encoding):
      "\(place): a pointer in encoding \(hex(encoding)), which is not read here. \(Advice.again)"
    }
  }
}

private enum Advice {
  static let again = "Build the file again."
}

private func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
