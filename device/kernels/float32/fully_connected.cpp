#include "device/kernels/float32/fully_connected.h"

#include "device/kernels/float32/block.h"

namespace stapes::float32 {
namespace {

template <int32_t kRows, int32_t kVectors>
void block(const FullyConnectedParameters& parameters, const float* input, const float* packed,
           const float* bias, int32_t outputs, float* output) {
  const MatrixProduct& p = parameters.product;
  int32_t b = 0;
  for (; b + kRows <= p.batches; b += kRows) {
    Lanes sums[kRows][kVectors] = {};
    const float* rows[kRows];
    for (int32_t r = 0; r < kRows; ++r) rows[r] = input + (b + r) * p.input_depth;
    accumulate<kRows, kVectors>(rows, packed, p.input_depth, sums);
    for (int32_t r = 0; r < kRows; ++r) {
      finish<kVectors>(sums[r], bias, outputs, parameters.minimum, parameters.maximum,
                       output + (b + r) * p.output_depth);
    }
  }
  for (; b < p.batches; ++b) {
    Lanes sums[1][kVectors] = {};
    const float* rows[1] = {input + b * p.input_depth};
    accumulate<1, kVectors>(rows, packed, p.input_depth, sums);
    finish<kVectors>(sums[0], bias, outputs, parameters.minimum, parameters.maximum,
                     output + b * p.output_depth);
  }
}

}  // namespace

int32_t fully_connected_scratch(const MatrixProduct& product) {
  return packed_size(product.input_depth);
}

void fully_connected(const FullyConnectedParameters& parameters, const float* input,
                     const float* weights, const float* bias, float* scratch, float* output) {
  const MatrixProduct& p = parameters.product;
  for (int32_t o = 0; o < p.output_depth; o += kBlock) {
    const int32_t outputs = p.output_depth - o < kBlock ? p.output_depth - o : kBlock;
    pack_block(weights + o * p.input_depth, outputs, p.input_depth, scratch);
    const float* block_bias = bias == nullptr ? nullptr : bias + o;
    switch (padded(outputs) / kLanes) {
      case 1:
        block<4, 1>(parameters, input, scratch, block_bias, outputs, output + o);
        break;
      case 2:
        block<4, 2>(parameters, input, scratch, block_bias, outputs, output + o);
        break;
      case 3:
        block<2, 3>(parameters, input, scratch, block_bias, outputs, output + o);
        break;
      default:
        block<2, 4>(parameters, input, scratch, block_bias, outputs, output + o);
    }
  }
}

}  // namespace stapes::float32
