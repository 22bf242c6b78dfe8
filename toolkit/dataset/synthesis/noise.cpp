#include "toolkit/dataset/synthesis/noise.h"

#include <cmath>
#include <numbers>

#include "toolkit/base/error.h"

namespace stapes::dataset {
namespace {

constexpr int kRate = 16000;
constexpr double kLevel = 0.05;

using Samples = std::vector<double>;

audio::Clip at_level(const Samples& samples) {
  double energy = 0;
  for (const double sample : samples) energy += sample * sample;
  const double rms = std::sqrt(energy / static_cast<double>(samples.size()));
  audio::Clip clip;
  clip.sample_rate_hz = kRate;
  clip.samples.reserve(samples.size());
  for (const double sample : samples) {
    clip.samples.push_back(static_cast<float>(rms > 0 ? sample * kLevel / rms : 0));
  }
  return clip;
}

Samples white(size_t count, Random& random) {
  Samples samples(count);
  for (double& sample : samples) sample = random.normal();
  return samples;
}

// Low-passed white noise: y += a (x - y), -3 dB at `corner_hz`.
Samples low_passed(size_t count, double corner_hz, Random& random) {
  const double a = 1.0 - std::exp(-2.0 * std::numbers::pi * corner_hz / kRate);
  Samples samples(count);
  double state = 0;
  for (double& sample : samples) {
    state += a * (random.normal() - state);
    sample = state;
  }
  return samples;
}

// White noises with corners two octaves apart, each with the same power, add to 1/f.
Samples pink(size_t count, Random& random) {
  Samples sum(count, 0.0);
  for (double corner = 8.0; corner < kRate; corner *= 4.0) {
    const double a = 1.0 - std::exp(-2.0 * std::numbers::pi * corner / kRate);
    const double power = a / (2.0 - a);  // of the low-passed noise
    const Samples part = low_passed(count, corner, random);
    for (size_t i = 0; i < count; ++i) sum[i] += part[i] / std::sqrt(power);
  }
  return sum;
}

Samples hum(size_t count, Random& random) {
  const double mains = random.below(2) == 0 ? 50.0 : 60.0;
  Samples sum(count, 0.0);
  for (int harmonic = 1; harmonic <= 20; ++harmonic) {
    const double amplitude = random.uniform(0.2, 1.0) / harmonic;
    const double phase = random.uniform(0.0, 2.0 * std::numbers::pi);
    const double step = 2.0 * std::numbers::pi * mains * harmonic / kRate;
    for (size_t i = 0; i < count; ++i) {
      sum[i] += amplitude * std::sin(phase + step * static_cast<double>(i));
    }
  }
  for (double& sample : sum) sample += 0.02 * random.normal();
  return sum;
}

Samples fan(size_t count, Random& random) {
  Samples samples = pink(count, random);
  const double turns = random.uniform(8.0, 25.0);  // blades per second
  const double depth = random.uniform(0.1, 0.5);
  for (size_t i = 0; i < count; ++i) {
    const double angle = 2.0 * std::numbers::pi * turns * static_cast<double>(i) / kRate;
    samples[i] *= 1.0 + depth * std::sin(angle);
  }
  return samples;
}

Samples clatter(size_t count, Random& random) {
  Samples samples = low_passed(count, 300.0, random);
  for (double& sample : samples) sample *= 0.02;
  const auto knocks = static_cast<size_t>(5.0 * static_cast<double>(count) / kRate);
  for (size_t k = 0; k < knocks; ++k) {
    const size_t start = random.below(count);
    const double loudness = std::pow(10.0, random.uniform(-1.0, 0.0));
    const double decay = random.uniform(0.003, 0.03) * kRate;
    const double step = 2.0 * std::numbers::pi * random.uniform(400.0, 5000.0) / kRate;
    for (size_t i = start; i < count && static_cast<double>(i - start) < 8.0 * decay; ++i) {
      const auto age = static_cast<double>(i - start);
      samples[i] +=
          loudness * std::exp(-age / decay) * (0.7 * std::sin(step * age) + 0.3 * random.normal());
    }
  }
  return samples;
}

Samples microphone(size_t count, Random& random) {
  Samples samples = white(count, random);
  const Samples low = pink(count, random);
  const Samples mains = hum(count, random);
  const double low_share = random.uniform(0.1, 0.6);
  const double mains_share = random.uniform(0.0, 0.3);
  for (size_t i = 0; i < count; ++i) samples[i] += low_share * low[i] + mains_share * mains[i];
  return samples;
}

}  // namespace

audio::Clip make_noise(const std::string& kind, double seconds, Random& random) {
  const auto count = static_cast<size_t>(seconds * kRate);
  if (kind == "white") return at_level(white(count, random));
  if (kind == "pink") return at_level(pink(count, random));
  // Below 20 Hz nothing is heard, and what is there would only use up the level.
  if (kind == "brown") return at_level(low_passed(count, 20.0, random));
  if (kind == "hum") return at_level(hum(count, random));
  if (kind == "fan") return at_level(fan(count, random));
  if (kind == "clatter") return at_level(clatter(count, random));
  if (kind == "microphone") return at_level(microphone(count, random));
  throw Error("cannot make noise", "", "there is no kind \"" + kind + "\"");
}

audio::Clip make_babble(std::span<const audio::Clip> words, int voices, double seconds,
                        Random& random) {
  const auto count = static_cast<size_t>(seconds * kRate);
  Samples sum(count, 0.0);
  for (int voice = 0; voice < voices; ++voice) {
    const double loudness = random.uniform(0.3, 1.0);
    size_t at = random.below(kRate / 2);
    while (at < count) {
      const audio::Clip& word = words[random.below(words.size())];
      for (size_t i = 0; i < word.samples.size() && at + i < count; ++i) {
        sum[at + i] += loudness * static_cast<double>(word.samples[i]);
      }
      at += word.samples.size() + random.below(kRate / 5);
    }
  }
  return at_level(sum);
}

}  // namespace stapes::dataset
