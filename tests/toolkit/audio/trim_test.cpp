#include "toolkit/audio/trim.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/toolkit/audio/test_signals.h"

namespace stapes::audio {
namespace {

// The definition, frame by frame, sample by sample.
Extent trim_by_definition(const std::vector<float>& x, double top_db) {
  std::vector<double> level;
  for (size_t centre = 0; centre <= x.size(); centre += 512) {
    double sum = 0;
    for (long i = static_cast<long>(centre) - 1024; i < static_cast<long>(centre) + 1024; ++i) {
      if (i >= 0 && i < static_cast<long>(x.size())) {
        sum += std::pow(static_cast<double>(x[static_cast<size_t>(i)]), 2);
      }
    }
    level.push_back(10.0 * std::log10(std::max(1e-10, sum / 2048.0)));
  }
  const double loudest = *std::max_element(level.begin(), level.end());
  size_t first = level.size();
  size_t last = 0;
  for (size_t f = 0; f < level.size(); ++f) {
    if (level[f] - loudest > -top_db) {
      first = std::min(first, f);
      last = f;
    }
  }
  return {first * 512, std::min(x.size(), (last + 1) * 512)};
}

TEST(Trim, FindsTheWordBetweenSilences) {
  for (const size_t length : {size_t{4000}, size_t{16000}, size_t{16001}, size_t{20480}}) {
    for (const double top_db : {15.0, 30.0}) {
      std::vector<float> x = test::white_noise(0.002, length);
      const auto word = test::tone(300.0, 0.4, length / 3);
      for (size_t i = 0; i < word.size(); ++i) {
        const double envelope = std::sin(3.14159 * static_cast<double>(i) / (double(length) / 3));
        x[length / 4 + i] += word[i] * static_cast<float>(envelope);
      }
      const Extent expected = trim_by_definition(x, top_db);
      const Extent found = find_sound(x, top_db);
      EXPECT_EQ(found.begin, expected.begin) << length << " " << top_db;
      EXPECT_EQ(found.end, expected.end) << length << " " << top_db;
      EXPECT_LT(found.size(), length);
    }
  }
}

TEST(Trim, SilenceAndShortSignalsStayWhole) {
  EXPECT_EQ(find_sound(std::vector<float>(16000, 0.0F), 30.0).size(), 16000U);
  EXPECT_EQ(find_sound(test::tone(300.0, 0.4, 100), 30.0).size(), 100U);
  EXPECT_EQ(find_sound(std::vector<float>{}, 30.0).size(), 0U);
}

}  // namespace
}  // namespace stapes::audio
