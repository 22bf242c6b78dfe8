#pragma once
#include <string>

#include "toolkit/base/files.h"

namespace stapes::dataset {

// A published checksum in lower-case hexadecimal: 40 digits are SHA-1, 64 are SHA-256. SHA-1 is
// here because some collections state no other; it finds damage, not malice.
struct Checksum {
  std::string hexadecimal;

  const char* name() const { return hexadecimal.size() == 40 ? "SHA-1" : "SHA-256"; }
};

// Throws UsageError unless `text` is one of the two.
Checksum parse_checksum(std::string text);

// The file's checksum of the same kind as `like`.
Checksum checksum_of_file(const Path& file, const Checksum& like);

}  // namespace stapes::dataset
