#include "device/kernels/reference/extended_lstm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "toolkit/base/philox.h"

namespace stapes::reference {
namespace {

constexpr int32_t kUnits = 12;
constexpr int32_t kInputs = 10;
constexpr int32_t kSteps = 20;
constexpr double kGateScale = 1.0 / 4096;
constexpr double kInputScale = 0.03;
constexpr int32_t kCellPower = -12;

// Weights with a scale for each row, and the same LSTM in real numbers.
struct Lstm {
  Random random{3, Purpose::kTest};
  std::vector<int8_t> weights[4];
  std::vector<int8_t> recurrent[4];
  std::vector<int32_t> bias[4];
  std::vector<double> scales[4];
  std::vector<double> recurrent_scales[4];
  std::vector<Multiplier> multipliers[8];
  std::vector<int8_t> input;

  Lstm() {
    const auto fill = [&](std::vector<int8_t>& values, int32_t count) {
      for (int32_t i = 0; i < count; ++i) {
        values.push_back(static_cast<int8_t>(static_cast<int32_t>(random.below(255)) - 127));
      }
    };
    for (int32_t g = 0; g < 4; ++g) {
      fill(weights[g], kUnits * kInputs);
      fill(recurrent[g], kUnits * kUnits);
      for (int32_t u = 0; u < kUnits; ++u) {
        scales[g].push_back(std::exp(random.uniform(std::log(1e-3), std::log(2e-2))));
        recurrent_scales[g].push_back(std::exp(random.uniform(std::log(1e-3), std::log(2e-2))));
        bias[g].push_back(static_cast<int32_t>(random.below(2000)) - 1000);
      }
    }
    fill(input, kSteps * kInputs);
  }

  ExtendedLstmParameters parameters(double hidden_scale) const {
    ExtendedLstmParameters p = {};
    p.lstm.shape = {1, kSteps, kInputs, kUnits, false};
    p.lstm.cell_scale_power = kCellPower;
    p.lstm.cell_multiplier = quantize_multiplier(std::ldexp(1.0, -30 - kCellPower));
    p.lstm.hidden_multiplier = quantize_multiplier(std::ldexp(1.0, -30) / hidden_scale);
    p.output_multiplier = quantize_multiplier(std::ldexp(1.0, -30) * 128);
    return p;
  }
  // hidden_scale as that of parameters().
  void gates(double hidden_scale, ExtendedLstmGate (&result)[4]) {
    for (size_t g = 0; g < 4; ++g) {
      multipliers[g].clear();
      multipliers[4 + g].clear();
      for (size_t u = 0; u < kUnits; ++u) {
        multipliers[g].push_back(quantize_multiplier(kInputScale * scales[g][u] / kGateScale));
        multipliers[4 + g].push_back(
            quantize_multiplier(hidden_scale * recurrent_scales[g][u] / kGateScale));
      }
      result[g] = {weights[g].data(),
                   recurrent[g].data(),
                   bias[g].data(),
                   {multipliers[g].data(), 1},
                   {multipliers[4 + g].data(), 1}};
    }
  }

  std::vector<double> in_real_numbers() const {
    std::vector<double> hidden(kUnits, 0.0);
    std::vector<double> cell(kUnits, 0.0);
    std::vector<double> output;
    const auto sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };
    for (size_t t = 0; t < kSteps; ++t) {
      double sums[4][kUnits];
      for (size_t g = 0; g < 4; ++g) {
        for (size_t u = 0; u < kUnits; ++u) {
          double sum = bias[g][u] * kInputScale * scales[g][u];
          for (size_t k = 0; k < kInputs; ++k) {
            sum +=
                input[t * kInputs + k] * kInputScale * weights[g][u * kInputs + k] * scales[g][u];
          }
          for (size_t k = 0; k < kUnits; ++k) {
            sum += hidden[k] * recurrent[g][u * kUnits + k] * recurrent_scales[g][u];
          }
          sums[g][u] = sum;
        }
      }
      for (size_t u = 0; u < kUnits; ++u) {
        cell[u] = sigmoid(sums[1][u]) * cell[u] + sigmoid(sums[0][u]) * std::tanh(sums[2][u]);
        hidden[u] = sigmoid(sums[3][u]) * std::tanh(cell[u]);
        output.push_back(hidden[u]);
      }
    }
    return output;
  }

  template <typename Hidden>
  std::vector<int8_t> run(double hidden_scale) {
    ExtendedLstmGate four[4];
    gates(hidden_scale, four);
    std::vector<Hidden> hidden(kUnits, 0);
    std::vector<int16_t> cell(kUnits, 0);
    std::vector<int16_t> scratch(4 * kUnits);
    std::vector<int8_t> output(kSteps * kUnits);
    extended_lstm(parameters(hidden_scale), four, input.data(), hidden.data(), cell.data(),
                  output.data(), scratch.data());
    return output;
  }

  double rms_steps(const std::vector<int8_t>& output) const {
    const std::vector<double> expected = in_real_numbers();
    double squares = 0;
    for (size_t i = 0; i < output.size(); ++i) {
      const double error = output[i] - expected[i] * 128;
      squares += error * error;
    }
    return std::sqrt(squares / static_cast<double>(output.size()));
  }
};

TEST(ExtendedLstm, FollowsRealNumbersAndAnInt16StateFollowsThemBetter) {
  Lstm lstm;
  const double narrow = lstm.rms_steps(lstm.run<int8_t>(1.0 / 128));
  const double wide = lstm.rms_steps(lstm.run<int16_t>(1.0 / 32768));
  EXPECT_LT(narrow, 1.5);
  EXPECT_LT(wide, 0.4);  // 0.29 is rounding to the output's step alone
  EXPECT_GT(wide, 0.2);
}

// One multiplier for all rows and an int8 state that is the output: the plain LSTM.
TEST(ExtendedLstm, ContainsThePlainOne) {
  Lstm lstm;
  const double scale = 1.0 / 128;
  ExtendedLstmParameters p = lstm.parameters(scale);
  p.lstm.hidden_offset = 7;
  p.lstm.output_offset = p.output_offset = -7;
  p.lstm.input_offset = 3;
  p.output_multiplier = p.lstm.hidden_multiplier;
  ExtendedLstmGate gates[4];
  lstm.gates(scale, gates);
  LstmGate plain[4];
  for (int32_t g = 0; g < 4; ++g) {
    gates[g].input_multipliers.step = gates[g].recurrent_multipliers.step = 0;
    plain[g] = {gates[g].input_weights, gates[g].recurrent_weights, gates[g].bias,
                *gates[g].input_multipliers.values, *gates[g].recurrent_multipliers.values};
  }
  const auto run = [&](const auto& kernel, const auto& parameters, const auto& of_gates) {
    std::vector<int8_t> hidden(kUnits, -7);
    std::vector<int16_t> cell(kUnits, 0);
    std::vector<int16_t> scratch(4 * kUnits);
    std::vector<int8_t> output(kSteps * kUnits);
    kernel(parameters, of_gates, lstm.input.data(), hidden.data(), cell.data(), output.data(),
           scratch.data());
    output.insert(output.end(), hidden.begin(), hidden.end());
    return output;
  };
  const auto extended = [](auto&&... arguments) { extended_lstm(arguments...); };
  const auto standard = [](auto&&... arguments) { reference::lstm(arguments...); };
  EXPECT_EQ(run(extended, p, gates), run(standard, p.lstm, plain));
}

// The largest sums that 511 units can have do not overflow.
TEST(ExtendedLstm, SumsOfManyUnitsAreExact) {
  constexpr int32_t kMost = kMostExtendedLstmUnits;
  const std::vector<int8_t> input = {0};
  const std::vector<int8_t> input_weights(kMost, 0);
  const std::vector<int8_t> recurrent(static_cast<size_t>(kMost) * kMost, -128);
  const std::vector<int32_t> bias(kMost, 0);
  const Multiplier none = {};
  const Multiplier to_sign = quantize_multiplier(std::ldexp(1.0, -16));  // -32767 or so
  ExtendedLstmGate gates[4];
  for (ExtendedLstmGate& gate : gates) {
    gate = {input_weights.data(), recurrent.data(), bias.data(), {&none, 0}, {&to_sign, 0}};
  }
  ExtendedLstmParameters p = {};
  p.lstm.shape = {1, 1, 1, kMost, false};
  p.lstm.cell_scale_power = -12;
  p.lstm.cell_multiplier = quantize_multiplier(std::ldexp(1.0, -18));
  p.lstm.hidden_multiplier = quantize_multiplier(std::ldexp(1.0, -15));
  p.output_multiplier = quantize_multiplier(std::ldexp(1.0, -23));
  std::vector<int16_t> hidden(kMost, INT16_MIN);
  std::vector<int16_t> cell(kMost, 0);
  std::vector<int16_t> scratch(4 * kMost);
  std::vector<int8_t> output(kMost);
  extended_lstm(p, gates, input.data(), hidden.data(), cell.data(), output.data(), scratch.data());
  // All gates' sums are 2143289344 / 2^16 = 32704 in Q3.12, nearly 8: all gates open.
  EXPECT_EQ(scratch, std::vector<int16_t>(4 * kMost, 32704));
  for (const int16_t value : cell) EXPECT_NEAR(value, 4096, 8);  // tanh(8) * sigmoid(8) = 1
}

}  // namespace
}  // namespace stapes::reference
