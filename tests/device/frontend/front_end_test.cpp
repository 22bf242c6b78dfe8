#include "device/frontend/front_end.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/device/frontend/test_front_end.h"
#include "tests/device/frontend/test_sound.h"
#include "toolkit/base/philox.h"

namespace stapes::test {
namespace {

std::vector<uint16_t> rows_in_chunks(FrontEnd& front_end, const std::vector<int16_t>& samples,
                                     const std::vector<int32_t>& sizes) {
  std::vector<uint16_t> rows;
  size_t at = 0;
  for (size_t i = 0; at < samples.size(); ++i) {
    const auto size =
        std::min<size_t>(static_cast<size_t>(sizes[i % sizes.size()]), samples.size() - at);
    front_end.process(samples.data() + at, static_cast<int32_t>(size), [&](const uint16_t* row) {
      rows.insert(rows.end(), row, row + front_end.channels());
    });
    at += size;
  }
  return rows;
}

TEST(FrontEnd, ChunksOfAnySizeGiveTheSameRows) {
  const std::vector<int16_t> sound = test_sound(12345);
  for (const bool notch : {false, true}) {
    FrontEndSettings settings = keyword_spotting_numbers();
    settings.dc_notch_filter_enable = notch;
    TestFrontEnd front_end(settings);
    const std::vector<uint16_t> whole = front_end.rows(sound);
    EXPECT_EQ(whole.size(), static_cast<size_t>(settings.frames(12345)) * 40);
    for (const std::vector<int32_t>& sizes :
         {std::vector<int32_t>{1}, {7}, {160}, {161, 159}, {480}, {479, 1, 2}, {5000}}) {
      front_end.reset();
      EXPECT_EQ(rows_in_chunks(front_end, sound, sizes), whole) << sizes[0];
    }
  }
}

TEST(FrontEnd, RandomChunksGiveTheSameRows) {
  const std::vector<int16_t> sound = test_sound(8000);
  TestFrontEnd front_end(keyword_spotting_numbers());
  const std::vector<uint16_t> whole = front_end.rows(sound);
  Random random(7, Purpose::kTest);
  for (int i = 0; i < 20; ++i) {
    std::vector<int32_t> sizes(50);
    for (int32_t& size : sizes) size = static_cast<int32_t>(random.below(700));
    sizes.push_back(1);
    front_end.reset();
    EXPECT_EQ(rows_in_chunks(front_end, sound, sizes), whole);
  }
}

// Windows with gaps between them: each row is that of its window alone.
TEST(FrontEnd, StepLongerThanTheWindow) {
  FrontEndSettings settings;
  settings.window_size_ms = 20;
  settings.window_step_ms = 90;
  TestFrontEnd front_end(settings);
  const std::vector<int16_t> sound = test_sound(16000);
  const std::vector<uint16_t> rows = front_end.rows(sound);
  ASSERT_EQ(rows.size(), static_cast<size_t>(settings.frames(16000)) * 32);
  std::vector<uint16_t> expected;
  for (int32_t start = 0; start + 320 <= 16000; start += 1440) {
    front_end.reset();
    const auto row = front_end.rows({sound.begin() + start, sound.begin() + start + 320});
    expected.insert(expected.end(), row.begin(), row.end());
  }
  EXPECT_EQ(rows, expected);
  for (const int32_t size : {1, 319, 1000}) {
    front_end.reset();
    EXPECT_EQ(rows_in_chunks(front_end, sound, {size}), expected);
  }
}

TEST(FrontEnd, ResetForgetsEverything) {
  FrontEndSettings settings = keyword_spotting_numbers();
  settings.activity_detection_enable = true;
  const std::vector<int16_t> sound = test_sound(16000);
  TestFrontEnd fresh(settings);
  const std::vector<uint16_t> expected = fresh.rows(sound);
  TestFrontEnd used(settings);
  used.rows(std::vector<int16_t>(1111, 32767));
  EXPECT_NE(used.rows(sound), expected);
  used.reset();
  EXPECT_FALSE(used.activity_was_detected());
  EXPECT_EQ(used.rows(sound), expected);
  EXPECT_EQ(used.activity_was_detected(), fresh.activity_was_detected());
  EXPECT_FALSE(used.activity_was_detected()) << "reading it clears it";
}

TEST(FrontEnd, FewerSamplesThanOneWindow) {
  TestFrontEnd front_end(keyword_spotting_numbers());
  EXPECT_TRUE(front_end.rows({}).empty());
  EXPECT_TRUE(front_end.rows(test_sound(479)).empty());
  EXPECT_EQ(front_end.rows({0}).size(), 40U);
}

// Silence has no energy anywhere; the logarithm of 0 is 0.
TEST(FrontEnd, SilenceIsZero) {
  FrontEndSettings settings = keyword_spotting_numbers();
  for (const bool pcan : {false, true}) {
    settings.pcan_enable = pcan;
    TestFrontEnd front_end(settings);
    for (const uint16_t value : front_end.rows(std::vector<int16_t>(16000, 0))) {
      ASSERT_EQ(value, 0);
    }
  }
}

// The notch takes a constant away, from the loudest one on.
TEST(FrontEnd, ConstantFadesToSilence) {
  TestFrontEnd front_end(keyword_spotting_numbers());
  for (const int16_t level : {int16_t{1}, int16_t{-1}, int16_t{32767}, int16_t{-32768}}) {
    front_end.reset();
    const std::vector<uint16_t> rows = front_end.rows(std::vector<int16_t>(16000, level));
    for (size_t i = rows.size() - 400; i < rows.size(); ++i) ASSERT_LT(rows[i], 250) << level;
  }
}

TEST(FrontEnd, ATonePeaksInItsChannel) {
  FrontEndSettings settings = keyword_spotting_numbers();
  settings.noise_reduction_enable = false;
  TestFrontEnd front_end(settings);
  int previous = -1;
  for (const double frequency : {300.0, 1000.0, 2500.0, 6000.0}) {
    std::vector<int16_t> sound;
    for (int i = 0; i < 4800; ++i) {
      sound.push_back(static_cast<int16_t>(
          std::lround(8000 * std::sin(2 * 3.141592653589793 * frequency * i / 16000))));
    }
    front_end.reset();
    const std::vector<uint16_t> rows = front_end.rows(sound);
    const auto last = rows.end() - 40;
    const auto peak = static_cast<int>(std::max_element(last, rows.end()) - last);
    // Channel c is centred at mel(125 Hz) + (c + 1) (mel(7500) - mel(125)) / 41.
    const auto mel = [](double f) { return 1127.0 * std::log1p(f / 700.0); };
    const double expected = (mel(frequency) - mel(125)) / ((mel(7500) - mel(125)) / 41) - 1;
    EXPECT_NEAR(peak, expected, 1.0) << frequency;
    EXPECT_GT(peak, previous);
    previous = peak;
  }
}

// Nothing to compare with but the sanitizers, and the plain code (kernels_test.cpp).
TEST(FrontEnd, LoudestSquareWaveAndNoise) {
  FrontEndSettings settings = keyword_spotting_numbers();
  for (const int period : {1, 2, 3, 16, 100, 480}) {
    std::vector<int16_t> square(16000);
    for (size_t i = 0; i < square.size(); ++i) {
      square[i] = (i / static_cast<size_t>(period)) % 2 == 0 ? int16_t{32767} : int16_t{-32768};
    }
    for (const bool notch : {false, true}) {
      settings.dc_notch_filter_enable = notch;
      EXPECT_EQ(TestFrontEnd(settings).rows(square).size(), 98U * 40U);
    }
  }
}

std::string message_for(FrontEndSettings settings) {
  const Status status = check_settings(settings);
  EXPECT_EQ(FrontEnd::required_memory(settings) == 0, !status.ok());
  return status.ok() ? "" : status.message;
}

void expect_refused(FrontEndSettings settings, const std::string& named) {
  EXPECT_NE(message_for(settings).find(named), std::string::npos)
      << named << ": " << message_for(settings);
}

TEST(FrontEndSettings, WhatCannotWorkIsRefusedByName) {
  const FrontEndSettings good = keyword_spotting_numbers();
  EXPECT_EQ(message_for(good), "");
  FrontEndSettings bad = good;
  bad.pcan_enable = true;
  bad.noise_reduction_enable = false;
  expect_refused(bad, "pcan_enable needs noise_reduction_enable");
  bad = good;
  bad.window_size_ms = 513;
  expect_refused(bad, "window_size_ms");
  bad.window_size_ms = 1;
  expect_refused(bad, "window_size_ms");
  bad.window_size_ms = 1000000000;
  expect_refused(bad, "window_size_ms");
  bad = good;
  bad.window_step_ms = 0;
  expect_refused(bad, "window_step_ms");
  bad = good;
  bad.sample_length_ms = 29;
  expect_refused(bad, "sample_length_ms");
  bad = good;
  bad.sample_rate_hz = 0;
  expect_refused(bad, "sample_rate_hz");
  bad = good;
  bad.filterbank_upper_band_limit = 8000.0F;
  expect_refused(bad, "filterbank_upper_band_limit");
  bad.filterbank_upper_band_limit = NAN;
  expect_refused(bad, "filterbank_upper_band_limit");
  bad.filterbank_upper_band_limit = 100.0F;
  expect_refused(bad, "filterbank_upper_band_limit");
  bad = good;
  bad.filterbank_lower_band_limit = -1.0F;
  expect_refused(bad, "filterbank_lower_band_limit");
  bad = good;
  bad.filterbank_n_channels = 0;
  expect_refused(bad, "filterbank_n_channels");
  bad = good;
  bad.noise_reduction_even_smoothing = 1.5F;
  expect_refused(bad, "even_smoothing");
  bad = good;
  bad.noise_reduction_smoothing_bits = 32;
  expect_refused(bad, "smoothing_bits");
  bad = good;
  bad.log_scale_shift = 12;
  expect_refused(bad, "log_scale_shift");
  bad = good;
  bad.dc_notch_filter_coefficient = 1.0F;
  expect_refused(bad, "dc_notch_filter_coefficient");
  bad = good;
  bad.pcan_enable = true;
  bad.pcan_gain_bits = 10;
  expect_refused(bad, "pcan_gain_bits");
  bad.pcan_gain_bits = 21;
  bad.noise_reduction_smoothing_bits = 2;
  expect_refused(bad, "smoothing_bits");
}

TEST(FrontEndSettings, TooLittleMemoryIsRefused) {
  const FrontEndSettings settings = keyword_spotting_numbers();
  const size_t size = FrontEnd::required_memory(settings);
  alignas(kTableAlignment) static uint8_t memory[32 * 1024];
  ASSERT_LE(size, sizeof(memory));
  FrontEnd front_end;
  EXPECT_FALSE(front_end.initialize(settings, memory, size - 1).ok());
  EXPECT_FALSE(front_end.initialize(settings, nullptr, size).ok());
  EXPECT_FALSE(front_end.initialize(settings, memory + 2, size).ok());
  EXPECT_TRUE(front_end.initialize(settings, memory, size).ok());
}

// Tables in one place (flash), state in another (RAM).
TEST(FrontEnd, TablesOfAnotherOne) {
  FrontEndSettings settings = keyword_spotting_numbers();
  settings.pcan_enable = true;
  TestFrontEnd owner(settings);
  alignas(kTableAlignment) static uint8_t memory[16 * 1024];
  FrontEnd front_end;
  ASSERT_LE(FrontEnd::required_memory_without_tables(settings), sizeof(memory));
  ASSERT_TRUE(front_end
                  .initialize(settings, owner.tables(), memory,
                              FrontEnd::required_memory_without_tables(settings))
                  .ok());
  const std::vector<int16_t> sound = test_sound(4000);
  EXPECT_EQ(rows_in_chunks(front_end, sound, {4000}), owner.rows(sound));
}

}  // namespace
}  // namespace stapes::test
