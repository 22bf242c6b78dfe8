#include "toolkit/codegen/literal.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "toolkit/base/error.h"
#include "toolkit/graph/graph.h"

namespace stapes::codegen {

template <typename T, size_t N>
static std::string literal(const T (&values)[N]) {
  std::string text;
  for (const T& value : values) text += (text.empty() ? "{" : ", ") + literal(value);
  return text + "}";
}

namespace {

// As braces(), for arrays among the members.
template <typename... Values>
std::string members(const Values&... values) {
  std::string text;
  ((text += (text.empty() ? "{" : ", ") + literal(values)), ...);
  return text + "}";
}

template <typename T>
std::string list(const Bytes& data) {
  std::string text = "{";
  size_t column = 0;
  for (size_t at = 0; at + sizeof(T) <= data.size(); at += sizeof(T)) {
    T value{};
    std::memcpy(&value, data.data() + at, sizeof(T));
    std::string item;
    if constexpr (std::is_same_v<T, float>) {
      item = codegen::literal(value);
    } else if constexpr (sizeof(T) == 8) {
      item = value == std::numeric_limits<T>::min() ? "INT64_MIN" : fmt::format("{}LL", value);
    } else {
      item = codegen::literal(static_cast<int32_t>(value));
    }
    item += ",";
    if (column == 0 || column + item.size() > 96) {
      text += "\n    ";
      column = 4;
    }
    text += item;
    column += item.size();
  }
  return text + "}";
}

}  // namespace

std::string literal(int32_t value) {
  return value == INT32_MIN ? "INT32_MIN" : fmt::format("{}", value);
}

std::string literal(uint64_t value) { return fmt::format("{}U", value); }

std::string literal(float value) {
  if (std::isnan(value)) return "std::numeric_limits<float>::quiet_NaN()";
  if (std::isinf(value)) {
    return std::string(value < 0 ? "-" : "") + "std::numeric_limits<float>::infinity()";
  }
  return fmt::format("{:a}F", value);
}

std::string literal(bool value) { return value ? "true" : "false"; }

std::string literal(const reference::Multiplier& value) {
  const auto& [number, shift] = value;
  return members(number, shift);
}

std::string literal(const Window2D& value) {
  const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q] = value;
  return members(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q);
}

std::string literal(const MatrixProduct& value) {
  const auto& [batches, input_depth, output_depth] = value;
  return members(batches, input_depth, output_depth);
}

std::string literal(const LstmShape& value) {
  const auto& [batches, steps, inputs, units, time_major] = value;
  return members(batches, steps, inputs, units, time_major);
}

std::string literal(const Broadcast& value) {
  const auto& [axes, extent, first, second] = value;
  return members(axes, extent, first, second);
}

std::string literal(const Reduction& value) {
  const auto& [kept, kept_extent, kept_stride, reduced, extent, stride, elements] = value;
  return members(kept, kept_extent, kept_stride, reduced, extent, stride, elements);
}

std::string literal(const StridedCopy& value) {
  const auto& [axes, extent, stride, start] = value;
  return members(axes, extent, stride, start);
}

std::string literal(const Padded& value) {
  const auto& [axes, extent, before, after] = value;
  return members(axes, extent, before, after);
}

std::string literal(const reference::ElementwiseParameters& value) {
  const auto& [broadcast, first, second, output, shift, m1, m2, m3, low, high] = value;
  return members(broadcast, first, second, output, shift, m1, m2, m3, low, high);
}

std::string literal(const reference::L2NormalizationParameters& value) {
  const auto& [rows, depth, offset] = value;
  return members(rows, depth, offset);
}

std::string literal(const reference::LstmParameters& value) {
  const auto& [shape, input, hidden, output, power, clip, cell_multiplier, hidden_multiplier] =
      value;
  return members(shape, input, hidden, output, power, clip, cell_multiplier, hidden_multiplier);
}

std::string literal(const reference::ExtendedLstmParameters& value) {
  const auto& [lstm, multiplier, offset] = value;
  return members(lstm, multiplier, offset);
}

std::string literal(const reference::MeanParameters& value) {
  const auto& [reduction, sum_offset, output_offset, multiplier] = value;
  return members(reduction, sum_offset, output_offset, multiplier);
}

std::string literal(const reference::Pool2DParameters& value) {
  const auto& [window, low, high] = value;
  return members(window, low, high);
}

std::string literal(const reference::RequantizeParameters& value) {
  const auto& [elements, input, output, multiplier] = value;
  return members(elements, input, output, multiplier);
}

std::string literal(const reference::ReluParameters& value) {
  const auto& [elements, input, output, low, high, multiplier] = value;
  return members(elements, input, output, low, high, multiplier);
}

std::string literal(const reference::RsqrtParameters& value) {
  const auto& [elements, input, output, multiplier] = value;
  return members(elements, input, output, multiplier);
}

std::string literal(const reference::SoftmaxParameters& value) {
  const auto& [rows, depth, multiplier, minimum] = value;
  return members(rows, depth, multiplier, minimum);
}

std::string literal(const reference::SquashParameters& value) {
  const auto& [elements, input, radius, multiplier] = value;
  return members(elements, input, radius, multiplier);
}

std::string literal(const float32::Conv2DParameters& value) {
  const auto& [window, low, high] = value;
  return members(window, low, high);
}

std::string literal(const float32::ElementwiseParameters& value) {
  const auto& [broadcast, low, high] = value;
  return members(broadcast, low, high);
}

std::string literal(const float32::FullyConnectedParameters& value) {
  const auto& [product, low, high] = value;
  return members(product, low, high);
}

std::string literal(const reference::Conv2DParameters& value, const std::string& multipliers) {
  const auto& [window, input, output, low, high, ignored] = value;
  return members(window, input, output, low, high, multipliers);
}

std::string literal(const reference::FullyConnectedParameters& value,
                    const std::string& multipliers) {
  const auto& [product, input, output, low, high, multiplier, ignored] = value;
  return members(product, input, output, low, high, multiplier, multipliers);
}

std::string literal(const reference::LstmGate& value, const std::string& input_weights,
                    const std::string& recurrent_weights, const std::string& bias) {
  const auto& [ignored1, ignored2, ignored3, input_multiplier, recurrent_multiplier] = value;
  return members(input_weights, recurrent_weights, bias, input_multiplier, recurrent_multiplier);
}

std::string literal(const reference::ExtendedLstmGate& value, const std::string& input_weights,
                    const std::string& recurrent_weights, const std::string& bias,
                    const std::string& input_multipliers,
                    const std::string& recurrent_multipliers) {
  const auto& [ignored1, ignored2, ignored3, input_rows, recurrent_rows] = value;
  return members(input_weights, recurrent_weights, bias, braces(input_multipliers, input_rows.step),
                 braces(recurrent_multipliers, recurrent_rows.step));
}

std::string literal(const reference::LstmNormalization& value, const std::string& coefficients,
                    const std::string& bias) {
  const auto& [ignored1, ignored2, multiplier, least_variance] = value;
  return members(coefficients, bias, multiplier, least_variance);
}

std::string literal(std::span<const reference::Multiplier> values) {
  std::string text = "{";
  for (size_t i = 0; i < values.size(); ++i) {
    text += (i % 4 == 0 ? "\n    " : " ") + literal(values[i]) + ",";
  }
  return text + "}";
}

std::string type_name(TensorType type) {
  switch (type) {
    case TensorType::kFloat32:
      return "float";
    case TensorType::kInt8:
      return "int8_t";
    case TensorType::kInt16:
      return "int16_t";
    case TensorType::kInt32:
      return "int32_t";
    case TensorType::kInt64:
      return "int64_t";
    case TensorType::kUint8:
    case TensorType::kBool:
      return "uint8_t";
    default:
      throw Error("cannot compile model", "",
                  fmt::format("it has a tensor of type {}", graph::name_of(type)));
  }
}

std::string elements_literal(TensorType type, const Bytes& data) {
  switch (type) {
    case TensorType::kFloat32:
      return list<float>(data);
    case TensorType::kInt8:
      return list<int8_t>(data);
    case TensorType::kInt16:
      return list<int16_t>(data);
    case TensorType::kInt32:
      return list<int32_t>(data);
    case TensorType::kInt64:
      return list<int64_t>(data);
    default:
      return list<uint8_t>(data);
  }
}

}  // namespace stapes::codegen
