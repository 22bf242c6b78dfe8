#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "toolkit/base/files.h"
#include "toolkit/dataset/dataset.h"

namespace stapes::dataset {

// One file of noise or one room, and the split that it is for.
struct PlannedSound {
  std::string path;  // relative to the output folder
  std::string kind;  // of make_noise, or "babble" or "room"
  Split split = Split::kTrain;
};

std::vector<PlannedSound> plan_surroundings();

// Writes one of them. `words` are clips of its split for the babble, relative to `output`.
void make_sound(const PlannedSound& sound, const std::vector<std::string>& words,
                const Path& output, uint64_t seed);

}  // namespace stapes::dataset
