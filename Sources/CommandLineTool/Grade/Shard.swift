import ArgumentParser

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One of several parts of the work, each for a machine.
struct Shard: Equatable {
  /// From 0.
  var index: Int
  var count: Int
  /// Where it was taken from, if nobody typed it.
  var source: String?

  var text: String { "\(index + 1) of \(count)" }

  func takes(_ position: Int) -> Bool { position % count == index }

  /// What was typed, or what the cluster's scheduler says.
  static func chosen(
    _ typed: String?, environment: (String) -> String? = { name in getenv(name).map { String(cString: $0) } }
  ) throws -> Shard? {
    if let typed {
      let parts = typed.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
      guard parts.count == 2, let index = parts[0], let count = parts[1], count > 0, (1...count).contains(index) else {
        throw ValidationError("--shard \(typed): write it as I/N, such as 3/8, with I from 1 to N.")
      }
      return Shard(index: index - 1, count: count)
    }
    func number(_ name: String) throws -> Int? {
      guard let text = environment(name), !text.isEmpty else { return nil }
      guard let number = Int(text) else { throw ValidationError("\(name)=\(text): it is no number; use --shard I/N.") }
      return number
    }
    if let task = try number("SLURM_ARRAY_TASK_ID") {
      guard let count = try number("SLURM_ARRAY_TASK_COUNT") else {
        throw ValidationError("SLURM_ARRAY_TASK_ID is set without SLURM_ARRAY_TASK_COUNT; use --shard I/N.")
      }
      let step = max(1, try number("SLURM_ARRAY_TASK_STEP") ?? 1)
      return try shard(
        (task - (try number("SLURM_ARRAY_TASK_MIN") ?? 0)) / step, count, "SLURM_ARRAY_TASK_ID=\(task)")
    }
    if let index = try number("JOB_COMPLETION_INDEX") {
      guard let count = try number("JOB_COMPLETIONS") else {
        throw ValidationError(
          "JOB_COMPLETION_INDEX is set without JOB_COMPLETIONS: set that to the job's completions, or use --shard I/N.")
      }
      return try shard(index, count, "JOB_COMPLETION_INDEX=\(index)")
    }
    return nil
  }

  private static func shard(_ index: Int, _ count: Int, _ source: String) throws -> Shard {
    guard count > 0, (0..<count).contains(index) else {
      throw ValidationError("\(source) is no part of \(count); use --shard I/N.")
    }
    return Shard(index: index, count: count, source: source)
  }
}
