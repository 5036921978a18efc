import Foundation
import Guests
import Testing

@Suite("The catalog of guests")
struct CatalogTests {
  @Test("The names are those of the folders with an image or a manifest, in order")
  func names() throws {
    let catalog = try #require(Guests.catalog)
    let folders = try FileManager.default.contentsOfDirectory(atPath: catalog).filter {
      FileManager.default.fileExists(atPath: "\(catalog)/\($0)/\($0).elf")
        || FileManager.default.fileExists(atPath: "\(catalog)/\($0)/options")
    }
    #expect(Guests.names == folders.sorted())
    #expect(Guests.names.contains("hello"))
    #expect(!Guests.names.contains("Common"))
  }

  @Test("Every guest has an ELF image and a summary that fits a line", arguments: Guests.names)
  func complete(name: String) throws {
    if Guests.manifest(named: name) == nil {
      let path = try #require(Guests.image(named: name))
      let image = try #require(FileManager.default.contents(atPath: path))
      #expect(image.starts(with: [0x7f, 0x45, 0x4c, 0x46]))
    }
    let summary = try #require(Guests.summary(named: name))
    #expect((10...110).contains(summary.count) && !summary.hasPrefix("#"), "\(summary)")
  }

  @Test("A name is a word, never a path", arguments: ["", ".", "..", "../Catalog/hello", "hello/hello", "/", "nobody"])
  func refused(name: String) {
    #expect(Guests.image(named: name) == nil)
    #expect(Guests.manifest(named: name) == nil)
    #expect(Guests.summary(named: name) == nil)
    #expect(Guests.absence(of: name).contains("no guest named \"\(name)\""))
    #expect(Guests.absence(of: name).contains("hello"))
  }
}
