#pragma once
#include <span>
#include <string>
#include <vector>

#include "toolkit/augmentation/example_source.h"
#include "toolkit/evaluation/scores.h"
#include "toolkit/evaluation/test_model.h"

namespace stapes::evaluation {

struct RunOptions {
  // The LSTM's state lives on from clip to clip, as in the reference toolkit; false: every clip
  // starts from the reset state, which is right. The clips then come in an order that is shuffled
  // by a fixed seed: in the order of a data set, a word after the same word, the state would give
  // the answer away.
  bool carry_state = false;
  int threads = 0;    // 0: as many as the machine has cores
  std::string title;  // of the progress shown
};

// The class of the model that each class of the data stands for: the same label, else the model's
// class for unknown words (the one named "_unknown_", else the first whose label begins with '_').
// Throws Error when there is neither.
std::vector<int> class_mapping(const std::vector<std::string>& data_classes,
                               const std::vector<std::string>& model_classes);

// The scores of each model for every clip of the source. All models must have the same labels and
// the same front end, since each clip's features are computed only once. The result does not
// depend on the number of threads. Ctrl-C stops it (Interrupted).
std::vector<Scores> run_models(std::span<const TestModel> models,
                               const augmentation::ExampleSource& source,
                               const RunOptions& options);

}  // namespace stapes::evaluation
