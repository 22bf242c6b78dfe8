#include "toolkit/training/starting_point.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "toolkit/base/error.h"

namespace stapes::training {
namespace {

void make_room(const CheckpointFolder& checkpoints, const Collective& processes, bool overwrite) {
  if (processes.rank() != 0) return;
  if (!overwrite) {
    for (const Path& path : checkpoints.newest_first()) {
      const Checkpoint old = parse_checkpoint(read_file(path), path.string());
      if (old.finished) break;
      throw Error("cannot train", path.string(),
                  fmt::format("an unfinished training ({} epochs) lies here", old.epoch),
                  "continue it with --resume, or start anew with --overwrite");
    }
  }
  checkpoints.clear();
}

// Why a checkpoint cannot be continued, and what to do; nothing if it can.
std::optional<Error> misfit(const Checkpoint& checkpoint, const Checkpoint& fresh,
                            const std::string& name) {
  if (checkpoint.fingerprint != fresh.fingerprint ||
      checkpoint.weights.size() != fresh.weights.size()) {
    return Error("cannot continue", name, "the checkpoint is from another specification",
                 "undo what was changed since, or start anew with --overwrite");
  }
  if (checkpoint.examples != fresh.examples) {
    return Error("cannot continue", name,
                 fmt::format("it was trained on {} clips, and now there are {}",
                             checkpoint.examples, fresh.examples),
                 "restore the data, or start anew with --overwrite");
  }
  return std::nullopt;
}

}  // namespace

Checkpoint starting_point(const TrainingOptions& options, const CheckpointFolder& checkpoints,
                          Collective& processes, Checkpoint fresh) {
  if (!options.resume && !options.auto_resume) {
    make_room(checkpoints, processes, options.overwrite);
    return fresh;
  }
  Bytes bytes;
  std::string name = checkpoints.path().string();
  if (processes.rank() == 0) {
    const std::vector<Path> paths = checkpoints.newest_first();
    if (paths.empty() && options.resume) {
      throw Error("cannot continue", name, "there is no checkpoint",
                  "train without --resume, or name the folder with --output");
    }
    if (!paths.empty()) {
      name = paths.front().string();
      bytes = read_file(paths.front());
    }
  }
  bytes = processes.broadcast(bytes);
  if (bytes.empty()) {
    make_room(checkpoints, processes, true);
    return fresh;
  }
  Checkpoint checkpoint = parse_checkpoint(bytes, name);
  if (const std::optional<Error> error = misfit(checkpoint, fresh, name)) {
    if (options.resume) throw *error;
    make_room(checkpoints, processes, true);
    return fresh;
  }
  return checkpoint;
}

}  // namespace stapes::training
