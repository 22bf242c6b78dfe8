#include "toolkit/dataset/synthesis/room.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace stapes::dataset {
namespace {

constexpr int kRate = 16000;
constexpr double kSpeedOfSound = 343.0;  // m/s at 20 °C
constexpr double kLead = 32.0;           // samples before the direct sound
constexpr double kDecay = 0.7;           // of the way to -60 dB, where the response is cut
constexpr float kPeak = 0.9F;

double sinc(double x) {
  if (std::abs(x) < 1e-9) return 1.0;
  return std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

// Impulses between samples: a sinc under a Hann window, tabled for kSteps places between two
// samples.
class Interpolator {
 public:
  Interpolator() {
    table_.reserve(kSteps * kTaps);
    for (int step = 0; step < kSteps; ++step) {
      for (int tap = 0; tap < kTaps; ++tap) {
        const double x = tap - kHalfWidth + 1 - static_cast<double>(step) / kSteps;
        const double window = 0.5 + 0.5 * std::cos(std::numbers::pi * x / kHalfWidth);
        table_.push_back(window * sinc(x));
      }
    }
  }

  void add_impulse(std::vector<double>& response, double at, double amplitude) const {
    const auto place = static_cast<long>(std::floor(at * kSteps + 0.5));
    const long first = place / kSteps - kHalfWidth + 1;
    const double* const kernel = table_.data() + place % kSteps * kTaps;
    const long begin = std::max(0L, -first);
    const long end = std::min<long>(kTaps, static_cast<long>(response.size()) - first);
    for (long tap = begin; tap < end; ++tap) {
      response[static_cast<size_t>(first + tap)] += amplitude * kernel[tap];
    }
  }

 private:
  static constexpr int kSteps = 64;
  static constexpr int kHalfWidth = 16;
  static constexpr int kTaps = 2 * kHalfWidth;
  std::vector<double> table_;
};

// Along one axis: how far the images lie from the microphone, and off how many walls they came.
struct Image {
  double distance;
  int reflections;
};

std::vector<Image> images_along(double size, double source, double microphone, double farthest) {
  std::vector<Image> images;
  const int most = static_cast<int>(std::ceil(farthest / (2.0 * size))) + 1;
  for (int n = -most; n <= most; ++n) {
    for (const int mirrored : {0, 1}) {
      const double place = (mirrored == 0 ? source : -source) + 2.0 * n * size;
      const double distance = place - microphone;
      if (std::abs(distance) > farthest) continue;
      images.push_back({distance, std::abs(n - mirrored) + std::abs(n)});
    }
  }
  return images;
}

}  // namespace

Room draw_room(Random& random) {
  Room room;
  room.size = {random.uniform(2.5, 9.0), random.uniform(2.2, 7.0), random.uniform(2.3, 3.6)};
  const auto inside = [&random](double size) { return random.uniform(0.1, 0.9) * size; };
  double distance = 0;
  do {
    for (size_t axis = 0; axis < 3; ++axis) {
      room.source[axis] = inside(room.size[axis]);
      room.microphone[axis] = inside(room.size[axis]);
    }
    distance = std::hypot(room.source[0] - room.microphone[0], room.source[1] - room.microphone[1],
                          room.source[2] - room.microphone[2]);
  } while (distance < 0.3 || distance > 5.0);
  room.reverberation_seconds = random.uniform(0.12, 0.7);
  return room;
}

audio::Clip impulse_response(const Room& room) {
  const auto [x, y, z] = room.size;
  const double volume = x * y * z;
  const double surface = 2.0 * (x * y + y * z + x * z);
  // Eyring: RT60 = 0.161 V / (-S ln(1 - absorption)); amplitudes reflect by the square root.
  const double log_reflection = -0.161 * volume / (surface * room.reverberation_seconds) / 2.0;

  const double direct =
      std::hypot(room.source[0] - room.microphone[0], room.source[1] - room.microphone[1],
                 room.source[2] - room.microphone[2]);
  const double length = kLead + kDecay * room.reverberation_seconds * kRate;
  std::vector<double> response(static_cast<size_t>(length), 0.0);
  const double farthest = direct + length / kRate * kSpeedOfSound;
  std::array<std::vector<Image>, 3> axes;
  for (size_t axis = 0; axis < 3; ++axis) {
    axes[axis] = images_along(room.size[axis], room.source[axis], room.microphone[axis], farthest);
  }
  static const Interpolator interpolator;
  std::vector<double> powers;  // of the walls' reflection
  for (int i = 0; i < 4096; ++i) powers.push_back(std::exp(log_reflection * i));
  for (const Image& a : axes[0]) {
    for (const Image& b : axes[1]) {
      const double across = a.distance * a.distance + b.distance * b.distance;
      if (across > farthest * farthest) continue;
      for (const Image& c : axes[2]) {
        const double distance = std::sqrt(across + c.distance * c.distance);
        if (distance > farthest) continue;
        const int reflections = a.reflections + b.reflections + c.reflections;
        interpolator.add_impulse(
            response, kLead + (distance - direct) / kSpeedOfSound * kRate,
            powers[static_cast<size_t>(std::min(reflections, 4095))] / distance);
      }
    }
  }
  // Images add in phase at the lowest frequencies, which no loudspeaker or microphone passes.
  double previous = 0;
  double state = 0;
  float peak = 0;
  audio::Clip clip;
  clip.sample_rate_hz = kRate;
  for (const double sample : response) {
    state = sample - previous + 0.98 * state;
    previous = sample;
    clip.samples.push_back(static_cast<float>(state));
    peak = std::max(peak, std::abs(clip.samples.back()));
  }
  for (float& sample : clip.samples) sample *= kPeak / peak;
  return clip;
}

}  // namespace stapes::dataset
