#include "device/kernels/float32/lstm.h"

#include <cfloat>
#include <cmath>
#include <cstring>

#include "device/kernels/float32/activation.h"
#include "device/kernels/float32/block.h"
#include "device/kernels/float32/fully_connected.h"

namespace stapes::float32 {
namespace {

constexpr int32_t kGates = 4;
enum Gate { kInput, kForget, kCell, kOutput };

// The recurrent weights of a block of units, packed once per call and used at every step.
int32_t recurrent_size(int32_t units) { return padded(units) * units; }

void pack_recurrent(const float* weights, int32_t units, float* packed) {
  for (int32_t o = 0; o < units; o += kBlock) {
    const int32_t outputs = units - o < kBlock ? units - o : kBlock;
    pack_block(weights + o * units, outputs, units, packed + o * units);
  }
}

// gate[o] += sum_k hidden[k] R[o][k]
template <int32_t kVectors>
void add_block(const float* hidden, const float* packed, int32_t units, int32_t outputs,
               float* gate) {
  Lanes sums[1][kVectors] = {};
  const float* rows[1] = {hidden};
  accumulate<1, kVectors>(rows, packed, units, sums);
  float values[kVectors * kLanes];
  for (int32_t v = 0; v < kVectors; ++v) store(sums[0][v], values + v * kLanes);
  for (int32_t o = 0; o < outputs; ++o) gate[o] += values[o];
}

void add_recurrent(const float* hidden, const float* packed, int32_t units, float* gate) {
  for (int32_t o = 0; o < units; o += kBlock) {
    const int32_t outputs = units - o < kBlock ? units - o : kBlock;
    const float* block = packed + o * units;
    switch (padded(outputs) / kLanes) {
      case 1:
        add_block<1>(hidden, block, units, outputs, gate + o);
        break;
      case 2:
        add_block<2>(hidden, block, units, outputs, gate + o);
        break;
      case 3:
        add_block<3>(hidden, block, units, outputs, gate + o);
        break;
      default:
        add_block<4>(hidden, block, units, outputs, gate + o);
    }
  }
}

void normalize(int32_t units, const float* coefficients, const float* bias, float* gate) {
  const auto size = static_cast<float>(units);
  float mean = 0.0F;
  for (int32_t u = 0; u < units; ++u) mean += gate[u];
  mean /= size;
  float variance = 0.0F;
  for (int32_t u = 0; u < units; ++u) variance += (gate[u] - mean) * (gate[u] - mean);
  const float inverse_deviation = 1.0F / std::sqrt(variance / size + 1e-8F);
  for (int32_t u = 0; u < units; ++u) {
    gate[u] = (gate[u] - mean) * inverse_deviation * coefficients[u] + bias[u];
  }
}

}  // namespace

int32_t lstm_scratch(const LstmShape& shape) {
  return kGates * recurrent_size(shape.units) + kGates * shape.batches * shape.steps * shape.units +
         packed_size(shape.inputs);
}

void lstm(const LstmShape& shape, float cell_clip, const float* input, const LstmWeights& weights,
          float* hidden, float* cell, float* scratch, float* output) {
  const int32_t units = shape.units;
  const int32_t rows = shape.batches * shape.steps;
  float* recurrent = scratch;
  float* gates = recurrent + kGates * recurrent_size(units);  // [gate][row][unit]
  float* packed = gates + kGates * rows * units;

  // What the inputs contribute is known for all steps at once.
  const FullyConnectedParameters product{{rows, shape.inputs, units}, -FLT_MAX, FLT_MAX};
  for (int32_t g = 0; g < kGates; ++g) {
    const float* bias = weights.coefficients[g] == nullptr ? weights.bias[g] : nullptr;
    fully_connected(product, input, weights.input[g], bias, packed, gates + g * rows * units);
    pack_recurrent(weights.recurrent[g], units, recurrent + g * recurrent_size(units));
  }

  for (int32_t b = 0; b < shape.batches; ++b) {
    float* h = hidden + b * units;
    float* c = cell + b * units;
    for (int32_t t = 0; t < shape.steps; ++t) {
      const int32_t row = shape.time_major ? t * shape.batches + b : b * shape.steps + t;
      float* gate[kGates];
      for (int32_t g = 0; g < kGates; ++g) {
        gate[g] = gates + (g * rows + row) * units;
        add_recurrent(h, recurrent + g * recurrent_size(units), units, gate[g]);
        if (weights.coefficients[g] == nullptr) continue;
        normalize(units, weights.coefficients[g], weights.bias[g], gate[g]);
      }
      for (int32_t u = 0; u < units; ++u) {
        const float forget = logistic(gate[kForget][u]);
        const float kept = forget * c[u];
        const float added = logistic(gate[kInput][u]) * std::tanh(gate[kCell][u]);
        c[u] = kept + added;
        if (cell_clip > 0.0F) c[u] = clamp(c[u], -cell_clip, cell_clip);
        h[u] = std::tanh(c[u]) * logistic(gate[kOutput][u]);
      }
      std::memcpy(output + row * units, h, sizeof(float) * static_cast<size_t>(units));
    }
  }
}

}  // namespace stapes::float32
