#pragma once
#include <optional>
#include <string>
#include <vector>

#include "toolkit/base/files.h"

namespace stapes {

// What `stapes train` was called with. It is noted beside the model, in train/trained_with.toml, so
// that the commands after it need not be told again.
struct TrainedWith {
  Path specification;
  std::vector<std::string> overrides;  // of --set
  Path data;                           // of --data; empty: as data_root() finds it
};

// `model`: NAME_float.tflite. Paths are noted as absolute ones.
void note_training(const Path& model, const TrainedWith& training);

// The note beside NAME_float.tflite or NAME_int8.tflite; none for a model that lies elsewhere than
// where it was trained. Throws Error for a note that cannot be read, or whose specification is
// gone.
std::optional<TrainedWith> noted_training(const Path& model);

// For a command that was given no specification: what the note beside the model says, with the
// command's own --set behind the training's, and its own --data before it. Says so on standard
// error. False if there is no note, and then nothing is changed.
bool take_noted_training(const Path& model, Path& specification,
                         std::vector<std::string>& overrides, Path& data);

}  // namespace stapes
