#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "device/graph/schema.h"
#include "toolkit/base/files.h"

namespace stapes::graph {

// A model in memory, as a .tflite file holds it: tensors, operators in the order in which they run,
// and metadata. Values, no pointers: copying a Graph copies the model.

// real = scale * (stored - zero_point). One entry: per tensor; several: per channel along
// `quantized_dimension`. Empty scale: not quantized.
struct Quantization {
  std::vector<float> scale;
  std::vector<int64_t> zero_point;
  int32_t quantized_dimension = 0;

  bool per_channel() const { return scale.size() > 1; }
  bool operator==(const Quantization&) const = default;
};

struct Tensor {
  std::string name;
  std::vector<int32_t> shape;
  TensorType type = TensorType::kFloat32;
  Quantization quantization;
  Bytes data;                // little-endian; not empty exactly for constants
  bool is_variable = false;  // state that lives on between invocations (LSTM inputs 18 and 19)

  bool is_constant() const { return !data.empty(); }
  int64_t elements() const;  // 1 for a scalar (empty shape)
  bool operator==(const Tensor&) const = default;
};

// Bytes of one element; 0 for strings and for types that we do not know.
size_t size_of(TensorType type);
const char* name_of(TensorType type);    // "FLOAT32"; "UNKNOWN" for types that we do not know
const char* name_of(OperatorCode code);  // "CONV_2D"; "UNKNOWN" for operators that we do not know
std::string shape_text(const std::vector<int32_t>& shape);  // "1x98x1x40"; "scalar"

// All options of all operators that we know, flat; an operator reads only its own.
struct Options {
  Padding padding = Padding::kSame;
  int32_t stride_width = 1;
  int32_t stride_height = 1;
  int32_t dilation_width = 1;
  int32_t dilation_height = 1;
  int32_t depth_multiplier = 1;
  int32_t filter_width = 0;  // pooling
  int32_t filter_height = 0;
  Activation activation = Activation::kNone;
  bool keep_dimensions = false;    // MEAN and SUM; FULLY_CONNECTED: keep_num_dims
  float beta = 1.0F;               // SOFTMAX
  int32_t axis = 0;                // CONCATENATION, PACK
  int32_t number_of_splits = 0;    // SPLIT
  std::vector<int32_t> new_shape;  // RESHAPE, in files without a second input
  std::vector<int32_t> squeeze_dimensions;
  int32_t begin_mask = 0;  // STRIDED_SLICE
  int32_t end_mask = 0;
  int32_t ellipsis_mask = 0;
  int32_t new_axis_mask = 0;
  int32_t shrink_axis_mask = 0;
  float cell_clip = 0.0F;  // UNIDIRECTIONAL_SEQUENCE_LSTM; 0: no clipping
  float projection_clip = 0.0F;
  bool time_major = false;

  bool operator==(const Options&) const = default;
};

struct Operator {
  OperatorCode code = OperatorCode::kCustom;
  std::string custom_code;  // only for kCustom
  int32_t version = 1;
  std::vector<int32_t> inputs;  // tensor indices; -1: absent
  std::vector<int32_t> outputs;
  std::vector<int32_t> intermediates;
  Options options;
  Bytes custom_options;  // only for kCustom

  // "CONV_2D"; the custom code of a custom operator; "operator 57" where we do not know its name.
  std::string name() const;
  // UNIDIRECTIONAL_SEQUENCE_LSTM, or our extension of it with the same operands
  bool is_lstm() const;
  bool operator==(const Operator&) const = default;
};

struct Graph {
  std::string description;
  std::vector<Tensor> tensors;
  std::vector<Operator> operators;
  std::vector<int32_t> inputs;
  std::vector<int32_t> outputs;
  std::map<std::string, Bytes> metadata;  // e.g. "SL_PARAMSv1", see parameters.h

  int32_t add_tensor(Tensor tensor);  // returns its index
  bool operator==(const Graph&) const = default;
};

// The inputs of UNIDIRECTIONAL_SEQUENCE_LSTM and STAPES_LSTM by name.
namespace lstm {
inline constexpr size_t kInput = 0;
inline constexpr size_t kInputWeights = 1;      // 1..4: input, forget, cell, output gate  [S, I]
inline constexpr size_t kRecurrentWeights = 5;  // 5..8 likewise                           [S, S]
inline constexpr size_t kPeephole = 9;          // 9..11, absent
inline constexpr size_t kBias = 12;             // 12..15                                  [S]
inline constexpr size_t kProjection = 16;       // 16, 17, absent
inline constexpr size_t kHiddenState = 18;      // variable [B, S]
inline constexpr size_t kCellState = 19;        // variable [B, S]
inline constexpr size_t kLayerNorm = 20;  // 20..23: input, forget, cell, output; usually absent
inline constexpr size_t kInputs = 24;
}  // namespace lstm

}  // namespace stapes::graph
