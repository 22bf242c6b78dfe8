#pragma once
#include <cstddef>
#include <cstdint>

#include "device/graph/schema.h"
#include "device/kernels/float32/conv_2d.h"
#include "device/kernels/float32/elementwise.h"
#include "device/kernels/float32/fully_connected.h"
#include "device/kernels/geometry.h"
#include "device/kernels/reference/conv_2d.h"
#include "device/kernels/reference/extended_lstm.h"
#include "device/kernels/reference/fully_connected.h"
#include "device/kernels/reference/layer_norm_lstm.h"
#include "device/kernels/reference/lstm.h"
#include "device/kernels/reference/lstm_int16.h"
#include "device/kernels/reference/quantize.h"

// What prepare() of an operator leaves for its evaluate(), where that isn't a kernel's parameter
// struct alone. Plain data: toolkit/codegen writes it out as constants.
namespace stapes {

// CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED with int16 activations
template <typename Parameters>
struct PreparedInt16 {
  Parameters parameters;
  bool in_32_bits;  // so wide is the bias, and with it the sum
};

// UNIDIRECTIONAL_SEQUENCE_LSTM, int8
struct PreparedLstm {
  reference::LstmParameters parameters;
  reference::LstmGate gates[4];
  const reference::LstmNormalization* normalizations;  // [4]; null: none
};

// STAPES_LSTM
struct PreparedExtendedLstm {
  reference::ExtendedLstmParameters parameters;
  reference::ExtendedLstmGate gates[4];
  TensorType hidden_type;  // int8 or int16
};

// UNIDIRECTIONAL_SEQUENCE_LSTM with int16 activations
struct PreparedLstmInt16 {
  reference::LstmParameters parameters;
  reference::LstmGateInt16 gates[4];
};

// QUANTIZE from float, DEQUANTIZE: between real numbers and stored ones, either way.
struct PreparedAffine {
  int32_t elements;
  float scale;
  int32_t zero_point;
  TensorType type;  // of the stored numbers
};
// What QUANTIZE does to elements `first` to `first + count`, whose real numbers are `values`.
// `output`: of all elements.
void quantize_part(const PreparedAffine& quantization, const float* values, int32_t first,
                   int32_t count, void* output);

// QUANTIZE between integer types
struct PreparedRequantization {
  reference::RequantizeParameters parameters;
  TensorType output_type;
};

// RESHAPE, SQUEEZE, EXPAND_DIMS
struct PreparedCopy {
  size_t bytes;
};

// TRANSPOSE, STRIDED_SLICE
struct PreparedStridedCopy {
  StridedCopy copy;
  int32_t element_bytes;
};

struct PreparedPad {
  Padded padded;
  int32_t element_bytes;
  uint64_t value;
};

// CONCATENATION, SPLIT
struct PreparedParts {
  int32_t parts;
  int32_t chunks;     // product of the extents before the axis
  size_t whole_step;  // bytes of the whole tensor's chunk
  const size_t* part_bytes;
};

// LOGISTIC, TANH, RSQRT, RELU, RELU6, float32
struct PreparedFloatActivation {
  int32_t elements;
};

// SOFTMAX, L2_NORMALIZATION, float32
struct PreparedFloatRows {
  int32_t rows;
  int32_t depth;
  float beta;
};

// UNIDIRECTIONAL_SEQUENCE_LSTM, float32
struct PreparedFloatLstm {
  LstmShape shape;
  float cell_clip;
};

}  // namespace stapes
