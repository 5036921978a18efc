/// How a page of charts looks: on a light or a dark screen, and on paper. Colours always come with a pattern, a shape or dashes.
package enum PageStyle {
  /// The style sheet.
  package static let css = """
    :root {
      color-scheme: light dark;
      --paper: #ffffff; --text: #1c2026; --faint: #5d6672; --grid: #dde1e6; --rule: #b9c0c9; --panel: #f5f6f8;
      --user: #3f7fbf; --kernel: #86bde6; --loader: #4aa37c; --firmware: #e2a63a; --monitor: #d1653b; --hardware: #a3a9b2;
      --translator: #8d62c4;
      --hatch: rgba(255, 255, 255, 0.55); --halo: rgba(255, 255, 255, 0.85); --on-bar: #14171b;
      --t0: #33383f; --t1: #b0368c; --t2: #c9571f; --t3: #1f78b4; --t4: #2a8f5c; --t5: #8a6d00; --t6: #6f58c9;
      --heat0: #c9d3de; --heat1: #e8cf8a; --heat2: #e8a75a; --heat3: #d96b37; --heat4: #b5301f;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #15181c; --text: #e6e9ed; --faint: #9aa4b0; --grid: #2c323a; --rule: #47505b; --panel: #1d2126;
        --user: #4d8fd0; --kernel: #8cc2ea; --loader: #55b08a; --firmware: #e5ad48; --monitor: #dd7449; --hardware: #8b929c;
        --translator: #a885dc;
        --hatch: rgba(0, 0, 0, 0.4); --halo: rgba(255, 255, 255, 0.6); --on-bar: #0d0f12;
        --t0: #d9dde3; --t1: #e37fc6; --t2: #ef8d5a; --t3: #6fb7e9; --t4: #63c795; --t5: #d9bd4e; --t6: #a897f2;
        --heat0: #46515e; --heat1: #84753f; --heat2: #b5813a; --heat3: #d9703a; --heat4: #ff5a3c;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 56rem; background: var(--paper); color: var(--text);
      font: 16px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
    }
    h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 0.4rem; }
    h2 { font-size: 1.2rem; margin: 2.6rem 0 0.3rem; }
    p { margin: 0.4rem 0; max-width: 46rem; }
    .lead, figcaption { color: var(--faint); }
    .note { border-left: 4px solid var(--firmware); padding: 0.3rem 0.8rem; background: var(--panel); }
    figure { margin: 0.8rem 0 0; }
    .wide { overflow-x: auto; }
    svg.defs { position: absolute; width: 0; height: 0; }
    figure svg[role] { display: block; width: 100%; min-width: 640px; height: auto; font: 12px/1 inherit; }
    svg text { fill: var(--text); font-size: 12px; }
    svg .small { font-size: 11px; }
    svg .strong { font-weight: 600; }
    svg .faint { fill: var(--faint); }
    svg .on-bar { fill: var(--on-bar); stroke: var(--halo); stroke-width: 3px; paint-order: stroke; }
    svg .grid { stroke: var(--grid); }
    svg .base { stroke: var(--rule); }
    svg .span { stroke: var(--rule); stroke-width: 2; }
    svg .tear { fill: none; stroke: var(--paper); stroke-width: 4; }
    svg .mark { stroke: var(--paper); stroke-width: 1; }
    .hatch { stroke: var(--hatch); stroke-width: 1.1; fill: none; }
    svg .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
    svg .arc { fill: none; stroke: var(--t3); stroke-opacity: 0.7; }
    svg .arc-back { stroke: var(--t2); }
    svg .arc-lookup { stroke-dasharray: 4 3; }
    svg .arc-head { fill: var(--t3); }
    svg .arc-head-back { fill: var(--t2); }
    \(heats)
    \(layers)
    \(techniques)
    table { border-collapse: collapse; margin: 0.8rem 0 0; font-size: 0.82rem; font-variant-numeric: tabular-nums; }
    caption { text-align: left; color: var(--faint); padding: 0 0 0.3rem; }
    th, td { padding: 0.18rem 0.7rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--grid); }
    thead th:first-child { padding-left: 0; }
    thead th { border-bottom: 1px solid var(--rule); vertical-align: bottom; white-space: normal; }
    th[scope="row"] { text-align: left; font-weight: 500; padding-left: 0; }
    thead th:first-child, .words { text-align: left; }
    td.words { white-space: normal; }
    td.words:last-child { min-width: 16rem; }
    th small { display: block; color: var(--faint); font-weight: 400; white-space: normal; min-width: 14rem; }
    code { font-size: 0.92em; }
    @media print {
      :root {
        --paper: #ffffff; --text: #000000; --faint: #444444; --grid: #d5d5d5; --rule: #999999; --panel: #f2f2f2;
        --user: #3f7fbf; --kernel: #86bde6; --loader: #4aa37c; --firmware: #e2a63a; --monitor: #d1653b;
        --hardware: #a3a9b2; --translator: #8d62c4;
        --hatch: rgba(255, 255, 255, 0.55); --halo: rgba(255, 255, 255, 0.85); --on-bar: #14171b;
        --t0: #33383f; --t1: #b0368c; --t2: #c9571f; --t3: #1f78b4; --t4: #2a8f5c; --t5: #8a6d00; --t6: #6f58c9;
        --heat0: #c9d3de; --heat1: #e8cf8a; --heat2: #e8a75a; --heat3: #d96b37; --heat4: #b5301f;
      }
      @page { margin: 14mm; }
      body { padding: 0; max-width: none; font-size: 10.5pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      figure, tr { break-inside: avoid; }
      h2, caption { break-after: avoid; }
      figure svg[role] { min-width: 0; }
      .wide { overflow: visible; }
      table { font-size: 7pt; }
      th, td { padding: 0.1rem 0.3rem; }
      thead th { overflow-wrap: anywhere; }
    }
    """

  private static let heats = (0..<5).map { "svg .heat-\($0) { fill: var(--heat\($0)); }" }.joined(separator: "\n")

  private static let layers = ["user", "kernel", "loader", "firmware", "monitor", "hardware", "translator"].map {
    "svg .layer-\($0) { fill: var(--\($0)); }"
  }.joined(separator: "\n")

  private static let techniques = (0..<7).map { number in
    let dashes = ["none", "1 4", "9 3", "none", "4 3", "12 3 2 3", "2 2"][number]
    return """
      svg .t\(number) { fill: var(--t\(number)); }
      svg .l\(number) { stroke: var(--t\(number)); stroke-dasharray: \(dashes); }
      """
  }.joined(separator: "\n")

  // MARK: Hatching

  /// The room that hatching covers. What is higher than that is covered piece by piece: the patterns go on at the seam.
  static let (hatchWidth, hatchHeight) = (Int(Drawing.width), 42)

  /// For the colours that have one: lines across all the room, to be cut to a shape.
  private static let hatchings: [(name: String, path: String)] = [
    ("kernel", lines(from: -hatchHeight, step: 6) { "M\($0) \(hatchHeight)l\(hatchHeight) -\(hatchHeight)" }),
    ("loader", upright),
    ("firmware", lines(from: -hatchHeight, step: 6) { "M\($0) 0l\(hatchHeight) \(hatchHeight)" }),
    ("hardware", level), ("translator", upright + level),
  ]

  private static let upright = lines(from: 2, step: 6) { "M\($0) 0v\(hatchHeight)" }
  private static let level = stride(from: 3, to: hatchHeight, by: 6).map { "M0 \($0)h\(hatchWidth)" }.joined()
  private static func lines(from start: Int, step: Int, _ line: (Int) -> String) -> String {
    stride(from: start, to: hatchWidth, by: step).map(line).joined()
  }

  /// The hatching that belongs to a class of colours; nil where that is plain.
  static func hatching(_ style: String) -> String? {
    hatchings.first { style == "layer-\($0.name)" }.map { "hatch-\($0.name)" }
  }

  /// What pictures refer to.
  package static let definitions: String = {
    let paths = hatchings.map { "<path id=\"hatch-\($0.name)\" class=\"hatch\" d=\"\($0.path)\"/>" }
    return "<svg class=\"defs\" aria-hidden=\"true\"><defs>\n\(paths.joined(separator: "\n"))\n</defs></svg>"
  }()
}
