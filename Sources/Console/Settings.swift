/// What `set` changes about the prompt itself.
package struct Settings {
  package var pagination = true
  package var confirm = true
  package var prompt = "(vitrine) "
  package var historySize = 1000
  package var historySave = true
  package var isLogging = false
  package var logFile = "vitrine.txt"
  package var radix = 10
  /// `set print symbol`, `set listsize` and their kind are not kept: what is not here is refused by name.
  package init() {}
}
