#include "toolkit/training/check_training.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "toolkit/base/error.h"
#include "toolkit/base/nearest.h"
#include "toolkit/specification/training_choices.h"

namespace stapes::training {

size_t batch_size_of(const TrainingSettings& settings,
                     const augmentation::ExampleSource& training) {
  return std::min(static_cast<size_t>(std::max(settings.batch_size, 1)), training.size());
}

void check_training(const TrainingSettings& settings, const augmentation::ExampleSource& training,
                    const augmentation::ExampleSource& validation, size_t outputs, int processes) {
  const auto shards = static_cast<size_t>(std::max(settings.shards, 1));
  if (training.size() == 0 || validation.size() == 0) {
    throw Error("cannot train", training.size() == 0 ? "training split" : "validation split",
                "it has no clips", "look at `stapes dataset summarize`");
  }
  const size_t batch_size = batch_size_of(settings, training);
  if (settings.batch_size < 1 || batch_size < shards) {
    throw Error("cannot train", "training.batch_size",
                fmt::format("a batch of {} clips cannot be cut into {} shards", batch_size, shards),
                "make batch_size larger or training.shards smaller");
  }
  if (shards < static_cast<size_t>(processes)) {
    throw Error("cannot train", "training.shards",
                fmt::format("{} shards are too few for {} processes", shards, processes),
                "start at most one process for each shard, or raise training.shards");
  }
  if (outputs != training.classes().size()) {
    throw Error("cannot train", "network",
                fmt::format("it has {} outputs, but there are {} classes", outputs,
                            training.classes().size()));
  }
  const std::vector<std::string> known = known_best_by();
  if (std::find(known.begin(), known.end(), settings.best_by) == known.end()) {
    throw Error("cannot train", "training.best_by",
                "there is no figure \"" + settings.best_by + "\"",
                suggestion(settings.best_by, known));
  }
}

}  // namespace stapes::training
