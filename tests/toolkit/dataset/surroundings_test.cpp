#include "toolkit/dataset/synthesis/surroundings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "toolkit/base/error.h"
#include "toolkit/dataset/synthesis/noise.h"
#include "toolkit/dataset/synthesis/room.h"

namespace stapes::dataset {
namespace {

double power(const std::vector<float>& samples, size_t begin, size_t end) {
  double sum = 0;
  for (size_t i = begin; i < end; ++i) sum += static_cast<double>(samples[i]) * samples[i];
  return sum;
}

// Power near one frequency, by a Goertzel filter over blocks of 1024 samples.
double band_power(const std::vector<float>& samples, double hertz) {
  const double coefficient = 2.0 * std::cos(2.0 * 3.14159265358979 * hertz / 16000.0);
  double sum = 0;
  for (size_t block = 0; block + 1024 <= samples.size(); block += 1024) {
    double a = 0;
    double b = 0;
    for (size_t i = 0; i < 1024; ++i) {
      const double next = samples[block + i] + coefficient * a - b;
      b = a;
      a = next;
    }
    sum += a * a + b * b - coefficient * a * b;
  }
  return sum;
}

double mean_band_power(const std::vector<float>& samples, double hertz) {
  double sum = 0;
  for (int i = -3; i <= 3; ++i) sum += band_power(samples, hertz * (1.0 + 0.05 * i));
  return sum;
}

TEST(Noise, HasItsLevelAndIsRepeatable) {
  for (const char* kind : {"white", "pink", "brown", "hum", "fan", "clatter", "microphone"}) {
    Random random(1, Purpose::kTest);
    const audio::Clip clip = make_noise(kind, 2.0, random);
    ASSERT_EQ(clip.samples.size(), 32000U);
    EXPECT_NEAR(std::sqrt(power(clip.samples, 0, 32000) / 32000), 0.05, 1e-4) << kind;
    Random same(1, Purpose::kTest);
    EXPECT_EQ(make_noise(kind, 2.0, same).samples, clip.samples) << kind;
  }
  Random random(1, Purpose::kTest);
  EXPECT_THROW(make_noise("purple", 1.0, random), Error);
}

// From 500 to 2000 Hz are two octaves: pink noise falls by 6 dB, brown by 12, white does not.
TEST(Noise, FallsWithFrequencyAsItsColourSays) {
  const auto fall = [](const char* kind) {
    Random random(2, Purpose::kTest);
    const std::vector<float> samples = make_noise(kind, 30.0, random).samples;
    return 10.0 * std::log10(mean_band_power(samples, 500) / mean_band_power(samples, 2000));
  };
  EXPECT_NEAR(fall("white"), 0.0, 1.5);
  EXPECT_NEAR(fall("pink"), 6.0, 1.5);
  EXPECT_NEAR(fall("brown"), 12.0, 1.5);
}

TEST(Room, DirectSoundComesFirstAndIsTheGreatest) {
  Room room;
  room.source = {1.0, 1.0, 1.2};
  room.microphone = {1.5, 1.2, 1.2};
  const audio::Clip response = impulse_response(room);
  const auto greatest = std::max_element(response.samples.begin(), response.samples.end());
  EXPECT_NEAR(static_cast<double>(greatest - response.samples.begin()), 32.0, 1.0);
  EXPECT_NEAR(*greatest, 0.9F, 1e-5F);
}

// Schroeder's backward integral: the slope between -5 and -25 dB gives the reverberation time.
// Eyring's formula assumes a diffuse field, which a small rectangular room has only roughly.
TEST(Room, ReverberatesAsLongAsItIsAskedTo) {
  for (const double wanted : {0.3, 0.6}) {
    Room room;
    room.size = {5.0, 4.0, 3.0};
    room.reverberation_seconds = wanted;
    const std::vector<float> samples = impulse_response(room).samples;
    std::vector<double> left(samples.size() + 1, 0.0);
    for (size_t i = samples.size(); i-- > 0;) {
      left[i] = left[i + 1] + static_cast<double>(samples[i]) * samples[i];
    }
    const auto reaches = [&left](double decibels) {
      size_t i = 0;
      while (left[i] > left[0] * std::pow(10.0, decibels / 10.0)) ++i;
      return static_cast<double>(i) / 16000.0;
    };
    const double measured = 3.0 * (reaches(-25.0) - reaches(-5.0));
    EXPECT_NEAR(measured / wanted, 1.0, 0.35) << wanted;
  }
}

TEST(Room, DrawnRoomsHoldSourceAndMicrophone) {
  for (uint64_t i = 0; i < 100; ++i) {
    Random random(1, Purpose::kTest, 0, i);
    const Room room = draw_room(random);
    for (size_t axis = 0; axis < 3; ++axis) {
      EXPECT_GT(room.source[axis], 0.0);
      EXPECT_LT(room.source[axis], room.size[axis]);
      EXPECT_LT(room.microphone[axis], room.size[axis]);
    }
  }
}

TEST(Surroundings, EverySplitHasItsOwn) {
  for (const Split split : kSplits) {
    std::set<std::string> kinds;
    for (const PlannedSound& sound : plan_surroundings()) {
      if (sound.split == split) kinds.insert(sound.kind);
    }
    EXPECT_TRUE(kinds.count("room") == 1 && kinds.count("babble") == 1 &&
                kinds.count("microphone") == 1);
  }
}

}  // namespace
}  // namespace stapes::dataset
