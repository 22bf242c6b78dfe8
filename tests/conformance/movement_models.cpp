#include "tests/conformance/movement_models.h"

#include <numeric>
#include <utility>

namespace stapes::conformance {
namespace {

Dimensions random_shape(Builder& b, int32_t rank) {
  Dimensions shape;
  for (int32_t i = 0; i < rank; ++i) shape.push_back(b.integer(1, 6));
  return shape;
}

}  // namespace

int32_t transpose(Builder& b) {
  const int32_t rank = b.integer(1, 5);
  const Dimensions shape = random_shape(b, rank);
  Dimensions permutation(static_cast<size_t>(rank));
  std::iota(permutation.begin(), permutation.end(), 0);
  for (int32_t i = rank - 1; i > 0; --i) {
    std::swap(permutation[static_cast<size_t>(i)],
              permutation[static_cast<size_t>(b.integer(0, i))]);
  }
  Dimensions result;
  for (const int32_t axis : permutation) result.push_back(shape[static_cast<size_t>(axis)]);
  const int32_t input = b.input(b.activation(shape));
  const int32_t output = b.like(input, result);
  b.add(OperatorCode::kTranspose, {input, b.integers(permutation)}, {output}, 2);
  return output;
}

int32_t strided_slice(Builder& b) {
  const int32_t rank = b.integer(1, 4);
  const Dimensions shape = random_shape(b, rank);
  Dimensions begin;
  Dimensions end;
  Dimensions stride;
  Dimensions result;
  graph::Options options;
  for (int32_t i = 0; i < rank; ++i) {
    const int32_t extent = shape[static_cast<size_t>(i)];
    const int32_t first = b.integer(0, extent - 1);
    const int32_t kind = b.integer(0, 3);
    if (kind == 0) {  // everything, by masks
      options.begin_mask |= 1 << i;
      options.end_mask |= 1 << i;
      begin.push_back(b.integer(-2, 2));
      end.push_back(b.integer(-2, 2));
      stride.push_back(1);
      result.push_back(extent);
    } else if (kind == 1) {  // one position, whose axis goes away
      options.shrink_axis_mask |= 1 << i;
      begin.push_back(b.chance(0.5) ? first : first - extent);
      end.push_back(begin.back() + 1);
      stride.push_back(1);
    } else if (kind == 2) {  // forwards
      const int32_t last = b.integer(first + 1, extent);
      begin.push_back(b.chance(0.3) ? first - extent : first);
      end.push_back(last == extent && b.chance(0.5) ? extent + 3 : last);
      stride.push_back(b.integer(1, 3));
      result.push_back((last - first + stride.back() - 1) / stride.back());
    } else {  // backwards, down to the front
      begin.push_back(first);
      end.push_back(0);
      options.end_mask |= 1 << i;
      stride.push_back(-b.integer(1, 3));
      result.push_back((first + 1 - stride.back() - 1) / -stride.back());
    }
  }
  if (result.empty()) return -1;
  const int32_t input = b.input(b.activation(shape));
  const int32_t output = b.like(input, result);
  b.add(OperatorCode::kStridedSlice,
        {input, b.integers(begin), b.integers(end), b.integers(stride)}, {output}, 2)
      .options = options;
  return output;
}

int32_t pad(Builder& b) {
  const int32_t rank = b.integer(1, 4);
  const Dimensions shape = random_shape(b, rank);
  Dimensions paddings;
  Dimensions result;
  for (int32_t i = 0; i < rank; ++i) {
    const int32_t before = b.integer(0, 3);
    const int32_t after = b.integer(0, 3);
    paddings.push_back(before);
    paddings.push_back(after);
    result.push_back(before + shape[static_cast<size_t>(i)] + after);
  }
  const int32_t input = b.input(b.activation(shape));
  const int32_t output = b.like(input, result);
  b.add(OperatorCode::kPad, {input, b.integers(paddings, {rank, 2})}, {output}, 2);
  return output;
}

int32_t concatenation(Builder& b) {
  const int32_t rank = b.integer(1, 4);
  const Dimensions shape = random_shape(b, rank);
  const int32_t axis = b.integer(0, rank - 1);
  const int32_t first = b.input(b.activation(shape));
  Dimensions inputs = {first};
  Dimensions result = shape;
  for (int32_t i = b.integer(0, 3); i > 0; --i) {
    Dimensions part = shape;
    part[static_cast<size_t>(axis)] = b.integer(1, 5);
    result[static_cast<size_t>(axis)] += part[static_cast<size_t>(axis)];
    inputs.push_back(b.input(b.like(first, part)));
  }
  const int32_t output = b.like(first, result);
  b.add(OperatorCode::kConcatenation, inputs, {output}, 2).options.axis =
      b.chance(0.3) ? axis - rank : axis;
  return output;
}

int32_t split(Builder& b) {
  const int32_t rank = b.integer(1, 4);
  Dimensions shape = random_shape(b, rank);
  const int32_t axis = b.integer(0, rank - 1);
  const int32_t parts = b.integer(1, 4);
  Dimensions part = shape;
  shape[static_cast<size_t>(axis)] *= parts;
  const int32_t input = b.input(b.activation(shape));
  Dimensions outputs;
  for (int32_t i = 0; i < parts; ++i) outputs.push_back(b.like(input, part));
  const int32_t where = b.integers({b.chance(0.3) ? axis - rank : axis}, {});
  b.add(OperatorCode::kSplit, {where, input}, outputs, 2).options.number_of_splits = parts;
  b.graph.outputs = outputs;
  return outputs[0];
}

int32_t reshape(Builder& b, OperatorCode code) {
  const Dimensions inner = random_shape(b, b.integer(1, 3));
  Dimensions with_one = inner;
  with_one.insert(with_one.begin() + b.integer(0, static_cast<int32_t>(inner.size())), 1);
  const bool grow =
      code == OperatorCode::kExpandDims || (code == OperatorCode::kReshape && b.chance(0.5));
  const int32_t input = b.input(b.activation(grow ? inner : with_one));
  const int32_t output = b.like(input, grow ? with_one : inner);
  if (code == OperatorCode::kReshape) {
    b.add(code, {input, b.integers(b.shape(output))}, {output});
  } else if (code == OperatorCode::kExpandDims) {
    int32_t axis = 0;
    while (axis < static_cast<int32_t>(inner.size()) &&
           inner[static_cast<size_t>(axis)] == with_one[static_cast<size_t>(axis)]) {
      ++axis;
    }
    b.add(code, {input, b.integers({axis}, {})}, {output});
  } else {
    int32_t axis = 0;
    while (axis < static_cast<int32_t>(inner.size()) &&
           inner[static_cast<size_t>(axis)] == with_one[static_cast<size_t>(axis)]) {
      ++axis;
    }
    b.add(code, {input}, {output}).options.squeeze_dimensions = {axis};
  }
  return output;
}

}  // namespace stapes::conformance
