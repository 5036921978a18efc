/// A page of HTML that needs nothing but itself.
package struct Page {
  package var title: String
  /// What stands below the title: markup.
  package var body: [String]

  package init(title: String, body: [String]) { (self.title, self.body) = (title, body) }

  /// The whole file.
  package var text: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(title.escaped)</title>
    <style>
    \(PageStyle.css)
    </style>
    </head>
    <body>
    \(PageStyle.definitions)
    <main>
    <h1>\(title.escaped)</h1>
    \(body.joined(separator: "\n"))
    </main>
    </body>
    </html>

    """
  }

  /// A part of a page: a picture with the tables that have its numbers.
  package static func section(
    _ title: String, _ caption: String, _ drawing: Drawing?, _ tables: [PageTable]
  ) -> String {
    let figure = drawing.map { "<div class=\"wide\">\($0.markup)</div>\n" } ?? ""
    return """
      <section>
      <h2>\(title.escaped)</h2>
      <figure>
      <figcaption>\(caption.escaped)</figcaption>
      \(figure)</figure>
      \(tables.map(\.markup).joined(separator: "\n"))
      </section>
      """
  }
}
