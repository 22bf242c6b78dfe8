#pragma once
#include <fmt/format.h>

#include <cstdint>
#include <span>
#include <string>

#include "device/graph/operators/prepared.h"
#include "device/kernels/reference/conv_2d.h"
#include "device/kernels/reference/elementwise.h"
#include "device/kernels/reference/extended_lstm.h"
#include "device/kernels/reference/fully_connected.h"
#include "device/kernels/reference/l2_normalization.h"
#include "device/kernels/reference/layer_norm_lstm.h"
#include "device/kernels/reference/mean.h"
#include "device/kernels/reference/pool_2d.h"
#include "device/kernels/reference/relu.h"
#include "device/kernels/reference/rsqrt.h"
#include "device/kernels/reference/softmax.h"
#include "device/kernels/reference/squash.h"
#include "toolkit/base/files.h"

// C++ source text of values: numbers, arrays, and the kernels' parameter structs as aggregate
// initializers. A struct that gets another member stops literal.cpp from compiling.
namespace stapes::codegen {

std::string literal(int32_t value);
std::string literal(uint64_t value);
std::string literal(float value);  // exact
std::string literal(bool value);
inline std::string literal(const std::string& expression) { return expression; }

std::string literal(const reference::Multiplier& value);
std::string literal(const Window2D& value);
std::string literal(const MatrixProduct& value);
std::string literal(const LstmShape& value);
std::string literal(const Broadcast& value);
std::string literal(const Reduction& value);
std::string literal(const StridedCopy& value);
std::string literal(const Padded& value);
std::string literal(const reference::ElementwiseParameters& value);
std::string literal(const reference::L2NormalizationParameters& value);
std::string literal(const reference::LstmParameters& value);
std::string literal(const reference::ExtendedLstmParameters& value);
std::string literal(const reference::MeanParameters& value);
std::string literal(const reference::Pool2DParameters& value);
std::string literal(const reference::RequantizeParameters& value);
std::string literal(const reference::ReluParameters& value);
std::string literal(const reference::RsqrtParameters& value);
std::string literal(const reference::SoftmaxParameters& value);
std::string literal(const reference::SquashParameters& value);
std::string literal(const float32::Conv2DParameters& value);
std::string literal(const float32::ElementwiseParameters& value);
std::string literal(const float32::FullyConnectedParameters& value);
// Pointers inside become these expressions.
std::string literal(const reference::Conv2DParameters& value, const std::string& multipliers);
std::string literal(const reference::FullyConnectedParameters& value,
                    const std::string& multipliers);
std::string literal(const reference::LstmGate& value, const std::string& input_weights,
                    const std::string& recurrent_weights, const std::string& bias);
std::string literal(const reference::ExtendedLstmGate& value, const std::string& input_weights,
                    const std::string& recurrent_weights, const std::string& bias,
                    const std::string& input_multipliers, const std::string& recurrent_multipliers);
std::string literal(const reference::LstmNormalization& value, const std::string& coefficients,
                    const std::string& bias);
std::string literal(std::span<const reference::Multiplier> values);

// "int8_t"; throws Error for a type that compiled models don't have.
std::string type_name(TensorType type);
// {1, 2, …} of stored elements, in lines.
std::string elements_literal(TensorType type, const Bytes& data);

template <typename... Values>
std::string braces(const Values&... values) {
  std::string text;
  ((text += (text.empty() ? "{" : ", ") + literal(values)), ...);
  return text + "}";
}

}  // namespace stapes::codegen
