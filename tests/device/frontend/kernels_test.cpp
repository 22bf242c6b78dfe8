// The processor's own versions of the loops against the plain ones, bit for bit, on random data and
// on the extremes.
#include "device/frontend/kernels.h"

#include <gtest/gtest.h>

#include <cmath>

#include "device/frontend/square_root.h"
#include "tests/device/frontend/test_front_end.h"
#include "toolkit/base/philox.h"

namespace stapes::test {
namespace {

// Each kind of data brings other parts of the number range together.
std::vector<int16_t> random_samples(Random& random, size_t count) {
  const uint64_t kind = random.below(5);
  const auto loudness = static_cast<int32_t>(random.below(16));
  std::vector<int16_t> samples(count);
  for (int16_t& sample : samples) {
    const auto any = static_cast<int16_t>(random.next());
    switch (kind) {
      case 0:
        sample = any;
        break;
      case 1:
        sample = static_cast<int16_t>(any >> loudness);
        break;
      case 2:
        sample = any < 0 ? int16_t{-32768} : int16_t{32767};
        break;
      case 3:
        sample = any < 0 ? int16_t{-32768} : static_cast<int16_t>(any & 1);
        break;
      default:
        sample = -32768;
        break;
    }
  }
  return samples;
}

class FrontEndKernelsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (&best == &plain) GTEST_SKIP() << "no special loops for this processor";
  }
  const FrontEndKernels& plain = plain_front_end_kernels();
  const FrontEndKernels& best = best_front_end_kernels();
  Random random{11, Purpose::kTest};
};

TEST_F(FrontEndKernelsTest, DcNotch) {
  for (int round = 0; round < 300; ++round) {
    const std::vector<int16_t> input = random_samples(random, random.below(200));
    const auto coefficient = static_cast<int16_t>(random.below(32768));
    DcNotch expected_state{static_cast<int16_t>(random.next()),
                           static_cast<int16_t>(random.next())};
    DcNotch state = expected_state;
    std::vector<int16_t> expected(input.size());
    std::vector<int16_t> output(input.size());
    const auto count = static_cast<int32_t>(input.size());
    plain.dc_notch(coefficient, input.data(), count, expected_state, expected.data());
    best.dc_notch(coefficient, input.data(), count, state, output.data());
    ASSERT_EQ(output, expected);
    ASSERT_EQ(state.last_input, expected_state.last_input);
    ASSERT_EQ(state.last_output, expected_state.last_output);
    // In place.
    state = DcNotch();
    expected_state = DcNotch();
    output = input;
    best.dc_notch(coefficient, output.data(), count, state, output.data());
    plain.dc_notch(coefficient, input.data(), count, expected_state, expected.data());
    ASSERT_EQ(output, expected);
  }
}

TEST_F(FrontEndKernelsTest, Window) {
  for (int round = 0; round < 300; ++round) {
    const std::vector<int16_t> samples = random_samples(random, random.below(600));
    std::vector<int16_t> coefficients(samples.size());
    for (int16_t& coefficient : coefficients) {
      coefficient = static_cast<int16_t>(random.below(8) == 0 ? 4096 : random.below(4097));
    }
    std::vector<int16_t> expected(samples.size());
    std::vector<int16_t> output(samples.size());
    const auto count = static_cast<int32_t>(samples.size());
    ASSERT_EQ(best.apply_window(coefficients.data(), samples.data(), count, output.data()),
              plain.apply_window(coefficients.data(), samples.data(), count, expected.data()));
    ASSERT_EQ(output, expected);
  }
}

TEST_F(FrontEndKernelsTest, Fft) {
  for (int32_t size = kMinimumFftSize; size <= kMaximumFftSize; size *= 2) {
    FrontEndSettings settings;
    settings.sample_rate_hz = 8 * size;
    settings.window_size_ms = 125;
    settings.window_step_ms = 125;
    settings.filterbank_lower_band_limit = static_cast<float>(size);
    settings.filterbank_upper_band_limit = static_cast<float>(3 * size);
    const TestFrontEnd front_end(settings);
    const FrontEndTables& tables = front_end.tables();
    ASSERT_EQ(tables.fft_size, size);
    const FftTables fft = {size, tables.twiddles, tables.real_twiddles};
    const auto values = static_cast<size_t>(size) + 2;
    for (int round = 0; round < 40; ++round) {
      const std::vector<int16_t> input = random_samples(random, static_cast<size_t>(size));
      const auto shift = static_cast<int32_t>(random.below(16));
      std::vector<int16_t> expected(values);
      std::vector<int16_t> output(values);
      plain.real_fft(fft, input.data(), shift, expected.data());
      best.real_fft(fft, input.data(), shift, output.data());
      ASSERT_EQ(output, expected) << size;
    }
  }
}

TEST_F(FrontEndKernelsTest, EnergiesAndFilterbank) {
  for (int round = 0; round < 300; ++round) {
    const auto first_bin = static_cast<int32_t>(1 + random.below(9));
    const auto channels = static_cast<int32_t>(1 + random.below(60));
    std::vector<int16_t> channel_ends;
    int32_t end_bin = first_bin;
    for (int32_t i = 0; i <= channels; ++i) {
      end_bin += static_cast<int32_t>(random.below(random.below(2) == 0 ? 3 : 20));
      channel_ends.push_back(static_cast<int16_t>(end_bin));
    }
    const auto bins = static_cast<size_t>(end_bin - first_bin);
    const std::vector<int16_t> spectrum = random_samples(random, 2 * static_cast<size_t>(end_bin));
    std::vector<int32_t> expected_energies(bins);
    std::vector<int32_t> energies(bins);
    plain.bin_energies(spectrum.data(), first_bin, end_bin, expected_energies.data());
    best.bin_energies(spectrum.data(), first_bin, end_bin, energies.data());
    ASSERT_EQ(energies, expected_energies);

    std::vector<int16_t> weights(bins);
    std::vector<int16_t> unweights(bins);
    for (size_t i = 0; i < bins; ++i) {
      weights[i] = static_cast<int16_t>(random.below(4097));
      unweights[i] = static_cast<int16_t>(random.below(4097));
    }
    std::vector<uint64_t> expected(static_cast<size_t>(channels));
    std::vector<uint64_t> sums(static_cast<size_t>(channels));
    plain.filterbank(energies.data(), first_bin, weights.data(), unweights.data(),
                     channel_ends.data(), channels, expected.data());
    best.filterbank(energies.data(), first_bin, weights.data(), unweights.data(),
                    channel_ends.data(), channels, sums.data());
    ASSERT_EQ(sums, expected);
  }
}

TEST_F(FrontEndKernelsTest, SquareRoots) {
  std::vector<uint64_t> values = {0, 1, 2, 3, 4, 0xFFFFFFFF, 0x100000000, ~uint64_t{0}};
  for (int i = 0; i < 20000; ++i) {
    const uint64_t any =
        (static_cast<uint64_t>(random.next()) << 32 | random.next()) >> random.below(64);
    const uint64_t root = any >> 32;
    values.push_back(any);
    // Squares, and where rounding changes (r^2 + r), each with its neighbours.
    for (const uint64_t at : {root * root, root * root + root}) {
      values.insert(values.end(), {at, at + 1, at - 1});
    }
  }
  for (const int32_t shift : {0, 5, 15}) {
    std::vector<uint32_t> expected(values.size());
    std::vector<uint32_t> output(values.size());
    plain.channel_magnitudes(values.data(), static_cast<int32_t>(values.size()), shift,
                             expected.data());
    best.channel_magnitudes(values.data(), static_cast<int32_t>(values.size()), shift,
                            output.data());
    ASSERT_EQ(output, expected);
  }
}

TEST_F(FrontEndKernelsTest, WholeFrontEnd) {
  FrontEndSettings settings = keyword_spotting_numbers();
  TestFrontEnd ours(settings);
  TestFrontEnd law(settings);
  law.use_kernels(plain);
  for (int round = 0; round < 60; ++round) {
    const std::vector<int16_t> samples = random_samples(random, 3000);
    ASSERT_EQ(ours.rows(samples), law.rows(samples));
  }
}

// Against floating point, for the plain code itself.
TEST(SquareRoot, IsRoundedToNearest) {
  Random random(5, Purpose::kTest);
  for (int i = 0; i < 20000; ++i) {
    const uint64_t value =
        (static_cast<uint64_t>(random.next()) << 32 | random.next()) >> (14 + random.below(50));
    const auto expected =
        static_cast<uint64_t>(std::llround(std::sqrt(static_cast<double>(value))));
    ASSERT_EQ(square_root(value), value >> 32 == 0 && expected > 0xFFFF ? 0xFFFFU : expected)
        << value;
  }
  EXPECT_EQ(square_root(~uint64_t{0}), 0xFFFFFFFFU);
}

}  // namespace
}  // namespace stapes::test
