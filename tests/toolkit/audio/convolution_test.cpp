#include "toolkit/audio/convolution.h"

#include <gtest/gtest.h>

#include "tests/toolkit/audio/test_signals.h"
#include "toolkit/base/parallel.h"

namespace stapes::audio {
namespace {

TEST(FastFftLength, IsLongEnoughAndNeverMuchLonger) {
  for (size_t wanted = 17; wanted < 60000; wanted += 61) {
    const size_t length = fast_fft_length(wanted);
    EXPECT_GE(length, wanted);
    EXPECT_LE(static_cast<double>(length), 1.34 * static_cast<double>(wanted));
    EXPECT_EQ(length % 2, 0U);
  }
  EXPECT_EQ(fast_fft_length(16384), 16384U);
  EXPECT_EQ(fast_fft_length(16385), 20480U);
  EXPECT_EQ(fast_fft_length(20481), 24576U);
}

TEST(Convolution, EqualsTheDirectSum) {
  for (const auto& [size, taps] :
       {std::pair<size_t, size_t>{1, 1}, {100, 1}, {5, 40}, {1000, 333}, {3000, 1097}}) {
    const auto signal = test::white_noise(0.5, size, 1);
    const auto response = test::white_noise(0.2, taps, 2);
    const auto result = convolve(signal, response);
    ASSERT_EQ(result.size(), size + taps - 1);
    for (size_t i = 0; i < result.size(); ++i) {
      double direct = 0;
      for (size_t t = 0; t < taps; ++t) {
        if (i >= t && i - t < size) {
          direct += static_cast<double>(signal[i - t]) * static_cast<double>(response[t]);
        }
      }
      ASSERT_NEAR(result[i], direct, 2e-5) << size << " * " << taps << " at " << i;
    }
  }
  EXPECT_TRUE(convolve(std::vector<float>{}, std::vector<float>{1.0F}).empty());
}

TEST(Convolution, AnyNumberOfThreadsGivesTheSameBits) {
  const auto response = test::white_noise(0.2, 4000, 2);
  const auto run = [&](int threads) {
    std::vector<std::vector<float>> results(16);
    parallel_for(results.size(), threads, [&](size_t i) {
      results[i] = convolve(test::white_noise(0.5, 9000 + 777 * i, i), response);
    });
    return results;
  };
  EXPECT_EQ(run(1), run(4));
}

}  // namespace
}  // namespace stapes::audio
