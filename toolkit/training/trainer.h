#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "toolkit/augmentation/example_source.h"
#include "toolkit/network/network.h"
#include "toolkit/specification/specification.h"
#include "toolkit/training/collective.h"
#include "toolkit/training/figures.h"
#include "toolkit/training/teachers.h"

namespace stapes::training {

struct TrainingOptions {
  Path output;      // checkpoints and history go to output/train
  int threads = 0;  // 0: as many as the machine has cores
  std::string device = "cpu";
  bool resume = false;                 // continue from the newest checkpoint
  bool overwrite = false;              // start anew although there is an unfinished training
  bool auto_resume = false;            // the former if a checkpoint fits, else the latter
  std::vector<double> class_weights;   // by which a class' losses are multiplied; empty: all 1
  const Teachers* teachers = nullptr;  // to learn from beside the labels; null: none
  std::string fingerprint;             // of the specification
  std::string resume_command;          // for messages: "stapes train SPEC --resume"
  // Called on rank 0: before the first step, with the epochs that a resumed training has already;
  // and after each epoch.
  std::function<void(std::span<const HistoryRow>)> on_start;
  std::function<void(const HistoryRow&, bool best)> on_epoch;
};

struct TrainingResult {
  network::Weights weights;  // of the best epoch
  int64_t best_epoch = 0;
  Figures best;
  std::vector<HistoryRow> history;
};

// Trains until the epochs or the schedule end.
//
// Each batch is cut into `settings.shards` shards; each is computed on one thread of one of the
// processes, and gradients and batch-norm statistics are added in the shards' order. So the result
// depends on the specification alone: not on threads, processes or interruptions.
//
// Throws Interrupted after Ctrl-C (a checkpoint then holds the last complete step), and Error when
// another process is lost (likewise), when the loss is not a number, and when a checkpoint does not
// fit.
TrainingResult train(const network::Network& network, const TrainingSettings& settings,
                     const augmentation::ExampleSource& training,
                     const augmentation::ExampleSource& validation, const TrainingOptions& options,
                     Collective& processes);

}  // namespace stapes::training
