extension ConvenienceFunction {
  /// Every function, in the order of `help convenience`. A new fact is one line here and the function that it names.
  package static let all: [ConvenienceFunction] = [
    // The monitor's work
    .init(
      "_exits", [.text("REASON", isOptional: true)], "exits that are over, of one reason of `info exits`",
      RunFacts.exits),
    .init(
      "_faults", [.text("CLASS", isOptional: true)], "page faults so far: hidden, dirty, traced or true",
      RunFacts.faults),
    .init(
      "_cycles", [.text("LAYER", isOptional: true), .text("ROW", isOptional: true)],
      "host cycles so far, of a layer, of a row of `info ledger` in it", RunFacts.cycles),
    .init("_charged", [.text("ROW")], "how often a cost row was charged so far", RunFacts.charged),
    .init("_price", [.text("ROW")], "what a cost row costs now", RunFacts.price),
    .init("_served", [], "exits that you have served rightly under `technique manual`", RunFacts.served),
    .init("_entries", [], "entries into the guest of your monitor (--monitor)", RunFacts.entries),
    .init("_mistakes", [], "those of them that were not right", RunFacts.mistakes),
    .init("_next_exit", [], "reason of the next exit, a text", replays: true, ReplayFacts.nextExit),
    // Translation
    .init(
      "_walk", [.address, .text("ACCESS", isOptional: true)],
      "references of a walk with nothing cached, as `info walk` counts them", WalkFacts.references),
    .init(
      "_translate", [.address, .text("ACCESS", isOptional: true)], "guest-physical address of a guest-virtual one",
      WalkFacts.guestPhysical),
    .init("_host", [.address], "host-physical address of a guest's", WalkFacts.hostPhysical),
    // The run
    .init("_technique", [.text("TEXT")], "whether the technique's name begins with TEXT", RunFacts.technique),
    .init("_digest", [], "digest of the guest's state, as `info digest`", RunFacts.digest),
    .init("_entered", [.text("STAGE")], "whether a boot stage was entered", RunFacts.entered),
    .init("_stage_retired", [.text("STAGE")], "retired instructions when it was entered", RunFacts.stageRetired),
    .init("_stage_cycles", [.text("STAGE")], "the guest's clock when it was entered", RunFacts.stageCycles),
    .init("_console", [.text("TEXT")], "whether the guest has printed TEXT", ReplayFacts.console),
    .init(
      "_ended", [.text("success|failure", isOptional: true)], "whether the guest has ended, well or badly",
      RunFacts.ended),
    .init(
      "_count", [.text("EVENT")], "how often an event of `catch` has happened: \"csr satp\"", replays: true,
      ReplayFacts.count),
    .init(
      "_region", [.text("MARKER")], "mean host cycles from a marker to its end", replays: true, ReplayFacts.region),
    // Texts
    .init("_streq", [.text("A"), .text("B")], "whether two texts are equal", RunFacts.areEqual),
  ]
}
