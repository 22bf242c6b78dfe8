#pragma once
#include <cmath>
#include <numbers>

#include "tests/support/tiny_model.h"
#include "toolkit/audio/read.h"
#include "toolkit/graph/tflite_file.h"

// Sounds and a file for the model of tiny_model.h.
namespace stapes::test {

inline audio::Clip silence(double seconds, int sample_rate_hz = 16000) {
  audio::Clip clip;
  clip.sample_rate_hz = sample_rate_hz;
  clip.samples.assign(static_cast<size_t>(seconds * sample_rate_hz), 0.0F);
  return clip;
}

inline audio::Clip tone(double frequency_hz, double seconds, int sample_rate_hz = 16000) {
  audio::Clip clip = silence(seconds, sample_rate_hz);
  for (size_t i = 0; i < clip.samples.size(); ++i) {
    const double phase =
        2.0 * std::numbers::pi * frequency_hz * static_cast<double>(i) / sample_rate_hz;
    clip.samples[i] = static_cast<float>(0.2 * std::sin(phase));
  }
  return clip;
}

inline void append(audio::Clip& clip, const audio::Clip& more) {
  clip.samples.insert(clip.samples.end(), more.samples.begin(), more.samples.end());
}

inline void write_tiny_model(const Path& path) {
  graph::Graph graph = tiny_graph();
  graph::store_parameters(graph, tiny_parameters());
  graph::write_tflite(path, graph);
}

}  // namespace stapes::test
