#pragma once
#include <cstddef>
#include <cstdint>

#include "device/graph/flatbuffer.h"
#include "device/graph/schema.h"

namespace stapes {

constexpr int32_t kMaximumRank = 6;

// Row-major: the last dimension is contiguous. Rank 0 is one scalar.
struct Shape {
  int32_t rank = 0;
  int32_t dimensions[kMaximumRank] = {};

  int32_t operator[](int32_t axis) const { return dimensions[axis]; }
  // Fits in int32_t for every tensor of a verified model.
  int32_t elements() const {
    int32_t product = 1;
    for (int32_t axis = 0; axis < rank; ++axis) product *= dimensions[axis];
    return product;
  }
  bool operator==(const Shape& other) const {
    if (rank != other.rank) return false;
    for (int32_t axis = 0; axis < rank; ++axis) {
      if (dimensions[axis] != other.dimensions[axis]) return false;
    }
    return true;
  }
  bool operator!=(const Shape& other) const { return !(*this == other); }
};

// Bytes of one element; 0 for a type that the runtime doesn't store.
size_t size_of_element(TensorType type);

// One tensor of a verified model: what the file says about it, and where its values are.
// Constants lie in the file and are never written; `data` of other tensors lies in the arena and
// is null before Interpreter::initialize() has placed them (so also while operators prepare).
struct TensorView {
  int32_t index = -1;  // -1: an optional tensor that is absent
  TensorType type = TensorType::kFloat32;
  Shape shape;
  size_t bytes = 0;
  bool is_constant = false;
  bool is_variable = false;
  // real = scale * (stored - zero_point). Without quantization: scales() == 0, scale 0.
  float scale = 0.0F;  // of channel 0 when there are several
  int32_t zero_point = 0;
  bool is_symmetric = true;  // every zero point is 0
  int32_t quantized_dimension = 0;
  FlatVector<float> channel_scales;
  void* data = nullptr;

  bool present() const { return index >= 0; }
  int32_t scales() const { return channel_scales.size(); }
  bool per_channel() const { return channel_scales.size() > 1; }
  float scale_of_channel(int32_t channel) const {
    return per_channel() ? channel_scales[channel] : scale;
  }
  // The same with another extent of axis 1. REQUIRES: rank >= 2, at most the extent it has.
  void set_rows(int32_t rows) {
    bytes = bytes / static_cast<size_t>(shape.dimensions[1]) * static_cast<size_t>(rows);
    shape.dimensions[1] = rows;
  }
  template <typename T>
  const T* constant() const {  // REQUIRES: is_constant and the matching type
    return static_cast<const T*>(data);
  }
};

}  // namespace stapes
