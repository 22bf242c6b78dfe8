#pragma once
#include <cstdint>

#include "toolkit/base/files.h"

namespace stapes::dataset {

// What an archive may grow to; more is taken for an attack or a mistake.
struct UnpackLimits {
  uint64_t bytes = 50ULL * 1000 * 1000 * 1000;
  uint64_t files = 5000000;
};

// Unpacks a tar or zip archive (gzip, bzip2, xz, zstd) into `folder`. Only regular files and
// folders are made, all of them below `folder`: a name that is absolute or climbs with "..", a link
// or a device ends it with an Error that names the entry. REQUIRES: `folder` is empty or does not
// exist.
void unpack(const Path& archive, const Path& folder, const UnpackLimits& limits = {});

}  // namespace stapes::dataset
