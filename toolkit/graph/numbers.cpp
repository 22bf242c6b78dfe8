// Between stored and real numbers (declared in executor.h).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "toolkit/base/error.h"
#include "toolkit/graph/executor.h"

namespace stapes::graph {
namespace {

template <typename T>
T stored_at(std::span<const uint8_t> bytes, size_t index) {
  T value;
  std::memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
  return value;
}

// Which scale belongs to element i.
size_t channel_of(const Tensor& tensor, size_t i) {
  if (!tensor.quantization.per_channel()) return 0;
  size_t inner = 1;
  const auto dimension = static_cast<size_t>(tensor.quantization.quantized_dimension);
  for (size_t axis = dimension + 1; axis < tensor.shape.size(); ++axis) {
    inner *= static_cast<size_t>(tensor.shape[axis]);
  }
  return i / inner % static_cast<size_t>(tensor.shape[dimension]);
}

template <typename T>
std::vector<float> dequantize_as(const Tensor& tensor, std::span<const uint8_t> bytes) {
  std::vector<float> values(bytes.size() / sizeof(T));
  const Quantization& quantization = tensor.quantization;
  for (size_t i = 0; i < values.size(); ++i) {
    const auto stored = static_cast<double>(stored_at<T>(bytes, i));
    if (quantization.scale.empty()) {
      values[i] = static_cast<float>(stored);
      continue;
    }
    const size_t channel = channel_of(tensor, i);
    values[i] =
        static_cast<float>(static_cast<double>(quantization.scale[channel]) *
                           (stored - static_cast<double>(quantization.zero_point[channel])));
  }
  return values;
}

template <typename T>
Bytes quantize_as(const Tensor& tensor, std::span<const float> values) {
  Bytes bytes(values.size() * sizeof(T));
  const Quantization& quantization = tensor.quantization;
  const float scale = quantization.scale.empty() ? 1.0F : quantization.scale[0];
  const double zero_point =
      quantization.zero_point.empty() ? 0.0 : static_cast<double>(quantization.zero_point[0]);
  for (size_t i = 0; i < values.size(); ++i) {
    // The division is a float's, like that of QUANTIZE, so that both give the same number.
    const double real = static_cast<double>(std::round(values[i] / scale)) + zero_point;
    const double lowest = static_cast<double>(std::numeric_limits<T>::min());
    const double highest = static_cast<double>(std::numeric_limits<T>::max());
    const double saturated = std::isnan(real) ? zero_point : std::clamp(real, lowest, highest);
    const T stored =
        saturated >= highest ? std::numeric_limits<T>::max() : static_cast<T>(saturated);
    std::memcpy(bytes.data() + i * sizeof(T), &stored, sizeof(T));
  }
  return bytes;
}

[[noreturn]] void no_numbers(const Tensor& tensor) {
  throw Error("cannot convert tensor", tensor.name,
              fmt::format("its type {} is not supported", name_of(tensor.type)));
}

}  // namespace

std::vector<float> dequantize(const Tensor& tensor, std::span<const uint8_t> bytes) {
  switch (tensor.type) {
    case TensorType::kFloat32: {
      std::vector<float> values(bytes.size() / sizeof(float));
      if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
      return values;
    }
    case TensorType::kFloat64:
      return dequantize_as<double>(tensor, bytes);
    case TensorType::kInt8:
      return dequantize_as<int8_t>(tensor, bytes);
    case TensorType::kUint8:
    case TensorType::kBool:
      return dequantize_as<uint8_t>(tensor, bytes);
    case TensorType::kInt16:
      return dequantize_as<int16_t>(tensor, bytes);
    case TensorType::kInt32:
      return dequantize_as<int32_t>(tensor, bytes);
    case TensorType::kInt64:
      return dequantize_as<int64_t>(tensor, bytes);
    case TensorType::kFloat16:
    case TensorType::kString:
      break;
  }
  no_numbers(tensor);
}

Bytes quantize(const Tensor& tensor, std::span<const float> values) {
  switch (tensor.type) {
    case TensorType::kFloat32: {
      Bytes bytes(values.size_bytes());
      if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
      return bytes;
    }
    case TensorType::kInt8:
      return quantize_as<int8_t>(tensor, values);
    case TensorType::kUint8:
      return quantize_as<uint8_t>(tensor, values);
    case TensorType::kInt16:
      return quantize_as<int16_t>(tensor, values);
    case TensorType::kInt32:
      return quantize_as<int32_t>(tensor, values);
    default:
      no_numbers(tensor);
  }
}

}  // namespace stapes::graph
