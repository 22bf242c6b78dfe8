#pragma once
#include <string>
#include <vector>

// The words that some keys of [training] allow. The specification is checked against them when it
// is read, and again by the trainer, since settings need not come from a file.
namespace stapes {

inline std::vector<std::string> known_optimizers() { return {"adam", "adamw", "sgd"}; }

inline std::vector<std::string> known_schedules() { return {"cosine", "steps", "constant"}; }

inline std::vector<std::string> known_best_by() {
  return {"accuracy", "balanced_accuracy", "loss", "last"};
}

}  // namespace stapes
