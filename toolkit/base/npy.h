#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "toolkit/base/files.h"

namespace stapes {

// An array in NumPy's .npy format (version 1.0, little-endian, C order).
// `type` is NumPy's name without the byte-order sign: "f4", "f8", "i1", "u1", "i2", "u2", "i4",
// "i8".
struct NpyArray {
  std::string type;
  std::vector<int64_t> shape;
  Bytes data;

  // The values converted to float, whatever the type.
  std::vector<float> to_float() const;
};

NpyArray read_npy(const Path& path);
void write_npy(const Path& path, const NpyArray& array);
void write_npy(const Path& path, const std::vector<int64_t>& shape,
               const std::vector<float>& values);

}  // namespace stapes
