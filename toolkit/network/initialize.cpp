#include <cmath>

#include "toolkit/base/philox.h"
#include "toolkit/network/network.h"

namespace stapes::network {
namespace {

struct Fans {
  double in = 1;
  double out = 1;
};

// Fan-in and fan-out as Keras counts them for its own weight layouts.
Fans fans_of(const Node& node, const std::vector<int64_t>& shape) {
  const auto size = [&](size_t axis) { return static_cast<double>(shape[axis]); };
  switch (node.kind) {
    case NodeKind::kConv2D:  // [out, kh, kw, in]
      return {size(1) * size(2) * size(3), size(1) * size(2) * size(0)};
    case NodeKind::kDepthwiseConv2D:  // [1, kh, kw, channels], Keras: [kh, kw, channels, 1]
      return {size(1) * size(2) * size(3), size(1) * size(2)};
    case NodeKind::kLstm:  // [4, units, in], Keras: [in, 4 * units]
      return {size(2), size(0) * size(1)};
    default:  // dense: [out, in]
      return {size(1), size(0)};
  }
}

// Rows of a [4 * units, units] matrix with orthonormal columns (Gram and Schmidt, applied twice for
// accuracy): the transpose of Keras' orthogonal [units, 4 * units] recurrent kernel.
std::vector<float> orthogonal_columns(size_t rows, size_t columns, Random& random) {
  std::vector<std::vector<double>> basis;
  while (basis.size() < columns) {
    std::vector<double> column(rows);
    for (double& value : column) value = random.normal();
    for (int pass = 0; pass < 2; ++pass) {
      for (const auto& other : basis) {
        double dot = 0;
        for (size_t i = 0; i < rows; ++i) dot += column[i] * other[i];
        for (size_t i = 0; i < rows; ++i) column[i] -= dot * other[i];
      }
    }
    double square = 0;
    for (const double value : column) square += value * value;
    for (double& value : column) value /= std::sqrt(square);
    basis.push_back(std::move(column));
  }
  std::vector<float> values(rows * columns);
  for (size_t c = 0; c < columns; ++c) {
    for (size_t r = 0; r < rows; ++r) values[r * columns + c] = static_cast<float>(basis[c][r]);
  }
  return values;
}

std::vector<float> draw(const Node& node, const Parameter& parameter, size_t elements,
                        Random random) {
  std::vector<float> values(elements, 0.0F);
  switch (parameter.initializer) {
    case Initializer::kGlorotUniform: {
      const Fans fans = fans_of(node, parameter.shape);
      const double limit = std::sqrt(6.0 / (fans.in + fans.out));
      for (float& value : values) value = static_cast<float>(random.uniform(-limit, limit));
      break;
    }
    case Initializer::kOrthogonal: {
      const auto columns = static_cast<size_t>(parameter.shape[2]);
      return orthogonal_columns(elements / columns, columns, random);
    }
    case Initializer::kZeros:
      break;
    case Initializer::kQuarters:
      values.assign(elements, 0.25F);
      break;
    case Initializer::kOnes:
      values.assign(elements, 1.0F);
      break;
    case Initializer::kForgetGateOnes: {  // [4, units]: input, forget, cell, output
      const size_t units = elements / 4;
      for (size_t i = units; i < 2 * units; ++i) values[i] = 1.0F;
      break;
    }
  }
  return values;
}

}  // namespace

Weights initialize(const Network& network, uint64_t seed) {
  Weights weights;
  uint64_t index = 0;
  for (const Node& node : network.nodes) {
    for (const Parameter& parameter : node.parameters) {
      size_t elements = 1;
      for (const int64_t dimension : parameter.shape) elements *= static_cast<size_t>(dimension);
      const Random random(seed, Purpose::kInitialization, 0, index++);
      weights[parameter.name] = {parameter.shape, draw(node, parameter, elements, random)};
    }
  }
  return weights;
}

}  // namespace stapes::network
