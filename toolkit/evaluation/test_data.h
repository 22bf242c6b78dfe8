#pragma once
#include <string>
#include <vector>

#include "toolkit/base/files.h"
#include "toolkit/dataset/dataset.h"
#include "toolkit/specification/specification.h"

namespace stapes::evaluation {

// A folder of recordings to test a model with, as a specification: a folder per word. Words that
// are no keywords of `model_classes` count as its unknown class, or are left out where it has none.
// `_background_noise_` is the noise, where there is such a folder.
Specification folder_specification(const Path& folder,
                                   const std::vector<std::string>& model_classes);

// The clips of a specification, for testing. The splits are those that the sources give (lists of
// Speech Commands, manifests, hashed speakers); of a folder without lists, all clips are put into
// `split`.
dataset::Dataset load_test_data(const Specification& specification, const Path& data_root,
                                dataset::Split split);

}  // namespace stapes::evaluation
