#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "toolkit/augmentation/example_source.h"
#include "toolkit/finetuning/student.h"
#include "toolkit/quantization/agreement.h"
#include "toolkit/quantization/inputs.h"
#include "toolkit/specification/finetuning_settings.h"
#include "toolkit/specification/specification.h"

namespace stapes::finetuning {

// What is measured before the first epoch (epoch 0: post-training quantization) and after each.
struct TuningRow {
  int64_t epoch = 0;
  int64_t step = 0;
  double learning_rate = 0;  // of the epoch's last step
  double loss = 0;           // mean over the epoch; 0 for epoch 0
  double agreement = 0;      // training examples that int8 decided as float
  quantization::Agreement validation;
  double clips_per_second = 0;
};

struct TuningOptions {
  Path folder;      // checkpoints and history
  int threads = 0;  // 0: as many as the machine has cores
  bool resume = false;
  bool overwrite = false;
  std::string fingerprint;     // of everything that the result depends on
  std::string resume_command;  // for messages
  std::vector<double> class_weights;
  std::function<void(const TuningRow&, bool best)> on_epoch;
};

struct TuningResult {
  std::vector<float> parameters;  // of the best epoch
  int64_t best_epoch = 0;
};

// Trains the student on the augmented training clips until the epochs end, with Adam and a cosine
// schedule. The best epoch is the one whose int8 scores differ least (root mean square) from the
// float model's on the validation inputs; epoch 0 competes, so that the result is never worse there
// than what calibration alone gave. With settings.best_by = "last" it is the last one.
//
// The result is the same for any number of threads and after any interruption. Throws Interrupted
// after Ctrl-C (a checkpoint then holds the last complete step) and Error when a checkpoint does
// not fit or the loss is not a number.
TuningResult tune(const Student& student, const FinetuningSettings& settings,
                  const TrainingSettings& batches, const augmentation::ExampleSource& training,
                  const quantization::Inputs& validation, const TuningOptions& options);

}  // namespace stapes::finetuning
