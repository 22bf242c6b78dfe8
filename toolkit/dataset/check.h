#pragma once
#include <span>
#include <string>
#include <vector>

#include "toolkit/base/error.h"
#include "toolkit/base/files.h"
#include "toolkit/dataset/dataset.h"

namespace stapes::dataset {

// For each file why it cannot be used, or "" where it can. `threads` as in parallel_for; Ctrl-C
// stops it (Interrupted).
std::vector<std::string> check_files(std::span<const Path> files, Check check, int threads);

// Why a file could not be used, without the file's name and the remedy, which an Error's text also
// has.
std::string reason_of(const Error& error);

}  // namespace stapes::dataset
