#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "toolkit/base/files.h"
#include "toolkit/training/figures.h"
#include "toolkit/training/optimizer.h"

namespace stapes::training {

// Everything that training needs to go on as if it had never stopped. The file format is in
// docs/training.md.
struct Checkpoint {
  std::string fingerprint;     // of the specification
  int64_t examples = 0;        // size of the training source
  int64_t epoch = 0;           // epochs that are complete
  int64_t steps_in_epoch = 0;  // steps made in the present one
  int64_t step = 0;            // steps made altogether
  bool finished = false;

  // Sums over the present epoch, for its line in the history.
  double loss = 0;
  int64_t correct = 0;
  int64_t seen = 0;
  double seconds = 0;

  std::vector<float> weights;
  std::vector<float> average;  // exponential moving average; empty: none is kept
  Optimizer::State optimizer;

  int64_t best_epoch = 0;  // counts from 1; 0: none yet
  Figures best;
  std::vector<float> best_weights;
  std::vector<HistoryRow> history;
};

Bytes serialize(const Checkpoint& checkpoint);
// Throws Error naming `name` when the bytes are damaged.
Checkpoint parse_checkpoint(const Bytes& bytes, const std::string& name);

// Checkpoints of one training, in one folder.
class CheckpointFolder {
 public:
  CheckpointFolder(Path folder, int keep) : folder_(std::move(folder)), keep_(keep) {}

  // Writes it under a name with its step number, then removes all but the newest `keep`.
  Path write(const Checkpoint& checkpoint) const;
  std::vector<Path> newest_first() const;
  void clear() const;
  const Path& path() const { return folder_; }

 private:
  Path folder_;
  int keep_;
};

}  // namespace stapes::training
