#if defined(__x86_64__)
#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "device/kernels/x86/avx2/extended_lstm.h"
#include "device/kernels/x86/avx2/layer_norm_lstm.h"
#include "device/kernels/x86/avx2/lstm.h"
#include "device/kernels/x86/avx512/extended_lstm.h"
#include "device/kernels/x86/avx512/layer_norm_lstm.h"
#include "device/kernels/x86/avx512/lstm.h"
#include "device/kernels/x86/level.h"
#include "tests/device/kernels/x86_memory.h"

// The LSTMs of each level that this processor has against the reference: output, hidden state and
// cell of several steps, one behind the other.
namespace stapes::x86 {
namespace {

template <typename Hidden>
using Extended = void(const reference::ExtendedLstmParameters&,
                      const reference::ExtendedLstmGate (&)[4], const int8_t*, Hidden*, int16_t*,
                      int8_t*, int16_t*);

struct LstmKernels {
  const char* name;
  Level level;
  decltype(&avx2::lstm) lstm;
  decltype(&avx2::layer_norm_lstm) layer_norm_lstm;
  Extended<int8_t>* extended_lstm;
  Extended<int16_t>* wide_lstm;
};

const LstmKernels kAvx2Kernels = {"avx2",
                                  Level::kAvx2,
                                  avx2::lstm,
                                  avx2::layer_norm_lstm,
                                  avx2::extended_lstm,
                                  avx2::extended_lstm};
const LstmKernels kAvx512Kernels = {"avx512",
                                    Level::kAvx512Vnni,
                                    avx512::lstm,
                                    avx512::layer_norm_lstm,
                                    avx512::extended_lstm,
                                    avx512::extended_lstm};

class X86Lstm : public testing::TestWithParam<const LstmKernels*>, protected RandomNumbers {
 protected:
  void SetUp() override {
    if (!has(GetParam()->level)) GTEST_SKIP() << "this processor has no " << GetParam()->name;
  }
  const LstmKernels& fast() const { return *GetParam(); }

  Multiplier gate_multiplier() { return multiplier(chance(6)); }
  Multiplier hidden_multiplier(int32_t shift) {
    return {static_cast<int32_t>((1U << 30) | (random_.next() >> 2)), shift};
  }

  // A shape, and everything that one LSTM of it needs.
  struct Case {
    reference::LstmParameters parameters = {};
    reference::LstmGate gates[4] = {};
    std::vector<int8_t> input_values;
    std::vector<int8_t> weights;
    int32_t hidden_zero_point = 0;

    int64_t states() const { return int64_t{parameters.shape.batches} * parameters.shape.units; }
    int64_t outputs() const { return states() * parameters.shape.steps; }
  };

  void draw_case(Case* c) {
    LstmShape& shape = c->parameters.shape;
    const bool is_long = chance(8);
    shape = {draw(1, 2), draw(1, is_long ? 40 : 6), draw(1, is_long ? 1100 : 60),
             draw(1, is_long ? 140 : 50), chance(2)};
    reference::LstmParameters& p = c->parameters;
    c->hidden_zero_point = zero_point();
    p.input_offset = -zero_point();
    p.hidden_offset = -c->hidden_zero_point;
    p.output_offset = c->hidden_zero_point;
    p.cell_scale_power = draw(-15, -9);
    p.cell_clip = chance(3) ? draw(1, 32767) : 0;
    p.cell_multiplier = {1 << 30, -30 - p.cell_scale_power + 1};
    p.hidden_multiplier = hidden_multiplier(-22);
    fill_channels(4 * shape.units);
    c->input_values.resize(
        static_cast<size_t>(int64_t{shape.batches} * shape.steps * shape.inputs));
    c->weights.resize(static_cast<size_t>(4LL * shape.units * (shape.inputs + shape.units)));
    fill(c->input_values);
    fill(c->weights);
  }
  // Input and weights where nothing behind them may be read.
  struct Fence {
    explicit Fence(const Case& c)
        : input(static_cast<int64_t>(c.input_values.size())),
          weights(static_cast<int64_t>(c.weights.size())) {
      std::memcpy(input.data(), c.input_values.data(), c.input_values.size());
      std::memcpy(weights.data(), c.weights.data(), c.weights.size());
    }
    Fenced<int8_t> input;
    Fenced<int8_t> weights;
  };
  void point_gates(Fence& fence, Case* c) {
    const LstmShape& shape = c->parameters.shape;
    const int8_t* next = fence.weights.data();
    for (int32_t g = 0; g < 4; ++g) {
      c->gates[g].input_weights = next;
      next += shape.units * shape.inputs;
      c->gates[g].recurrent_weights = next;
      next += shape.units * shape.units;
      c->gates[g].bias = biases_.data() + g * shape.units;
      c->gates[g].input_multiplier = gate_multiplier();
      c->gates[g].recurrent_multiplier = gate_multiplier();
    }
  }

  // call(hidden, cell, output, scratch)
  template <typename Hidden, typename Call>
  static auto with(const Case& c, const Call& call) {
    return [&c, call](int8_t* out) {
      Fenced<int16_t> cell(c.states());
      Fenced<Hidden> hidden(c.states());
      for (Hidden& value : hidden) {
        value = static_cast<Hidden>(sizeof(Hidden) == 1 ? c.hidden_zero_point : 0);
      }
      std::vector<int16_t> scratch(static_cast<size_t>(4 * c.parameters.shape.units));
      call(hidden.data(), cell.data(), out, scratch.data());
      const size_t hidden_bytes = static_cast<size_t>(c.states()) * sizeof(Hidden);
      std::memcpy(out + c.outputs(), hidden.data(), hidden_bytes);
      std::memcpy(out + c.outputs() + hidden_bytes, cell.data(),
                  static_cast<size_t>(2 * c.states()));
    };
  }

  template <typename Hidden>
  void expect_extended(const Case& c, Fence& fence, const reference::ExtendedLstmParameters& p,
                       const reference::ExtendedLstmGate (&gates)[4], Extended<Hidden>* kernel) {
    const auto run = [&](Extended<Hidden>* lstm) {
      return with<Hidden>(c, [&, lstm](Hidden* hidden, int16_t* cell, int8_t* out, int16_t* sums) {
        lstm(p, gates, fence.input.data(), hidden, cell, out, sums);
      });
    };
    expect_same_bytes(c.outputs() + c.states() * static_cast<int64_t>(sizeof(Hidden) + 2),
                      run(reference::extended_lstm), run(kernel));
  }
};

TEST_P(X86Lstm, Plain) {
  for (int32_t i = 0; i < cases(150) && !HasFailure(); ++i) {
    Case c;
    draw_case(&c);
    Fence fence(c);
    point_gates(fence, &c);
    const auto run = [&](auto* kernel) {
      return with<int8_t>(
          c, [&, kernel](int8_t* hidden, int16_t* cell, int8_t* out, int16_t* sums) {
            kernel(c.parameters, c.gates, fence.input.data(), hidden, cell, out, sums);
          });
    };
    expect_same_bytes(c.outputs() + 3 * c.states(), run(&reference::lstm), run(fast().lstm));
  }
}

// Both states; one multiplier for all rows, or one for each.
TEST_P(X86Lstm, Extended) {
  for (int32_t i = 0; i < cases(150) && !HasFailure(); ++i) {
    Case c;
    draw_case(&c);
    Fence fence(c);
    point_gates(fence, &c);
    reference::ExtendedLstmParameters p = {c.parameters, hidden_multiplier(-22), zero_point()};
    const bool is_wide = chance(2);
    if (is_wide) {
      p.lstm.hidden_offset = p.lstm.output_offset = 0;
      p.lstm.hidden_multiplier = hidden_multiplier(-14);
    }
    std::vector<Multiplier> rows[8];
    const auto table = [&](std::vector<Multiplier>& values, int32_t shift) {
      values.clear();
      const int32_t step = draw(0, 1);
      for (int32_t row = 0; row < (step == 0 ? 1 : c.parameters.shape.units); ++row) {
        values.push_back(gate_multiplier());
        if (chance(2)) values.back().shift = std::max(-31, values.back().shift + shift);
      }
      return reference::RowMultipliers{values.data(), step};
    };
    reference::ExtendedLstmGate gates[4];
    for (size_t g = 0; g < 4; ++g) {
      gates[g] = {c.gates[g].input_weights, c.gates[g].recurrent_weights, c.gates[g].bias,
                  table(rows[g], 0), table(rows[4 + g], is_wide ? -6 : 0)};
    }
    if (is_wide) {
      expect_extended<int16_t>(c, fence, p, gates, fast().wide_lstm);
    } else {
      expect_extended<int8_t>(c, fence, p, gates, fast().extended_lstm);
    }
  }
}

TEST_P(X86Lstm, LayerNormalized) {
  for (int32_t i = 0; i < cases(100) && !HasFailure(); ++i) {
    Case c;
    draw_case(&c);
    Fence fence(c);
    point_gates(fence, &c);
    std::vector<int16_t> coefficients(static_cast<size_t>(4 * c.parameters.shape.units));
    for (int16_t& value : coefficients) value = static_cast<int16_t>(random_.next());
    reference::LstmNormalization normalizations[4];
    for (int32_t g = 0; g < 4; ++g) {
      normalizations[g] = {coefficients.data() + g * c.parameters.shape.units, c.gates[g].bias,
                           hidden_multiplier(draw(-6, 0)), draw(1, 10)};
    }
    const auto run = [&](auto* kernel) {
      return with<int8_t>(c, [&, kernel](int8_t* hidden, int16_t* cell, int8_t* out,
                                         int16_t* sums) {
        kernel(c.parameters, c.gates, normalizations, fence.input.data(), hidden, cell, out, sums);
      });
    };
    expect_same_bytes(c.outputs() + 3 * c.states(), run(&reference::layer_norm_lstm),
                      run(fast().layer_norm_lstm));
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, X86Lstm, testing::Values(&kAvx2Kernels, &kAvx512Kernels),
                         [](const auto& test) { return std::string(test.param->name); });

}  // namespace
}  // namespace stapes::x86
#endif
