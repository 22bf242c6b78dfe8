#include "device/spotter/spotter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <numeric>

#include "device/frontend/model_input.h"
#include "device/graph/interpreter.h"
#include "tests/support/spotter_memory.h"
#include "tests/support/tiny_model.h"
#include "toolkit/base/philox.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes {
namespace {

using test::allocate;
using test::Block;

constexpr const char* kLabels[] = {"high", "low", "_unknown_"};

struct Heard {
  int64_t time_ms;
  std::vector<uint8_t> scores;
  bool is_new;
  int32_t class_index;
  bool operator==(const Heard&) const = default;
};

Spotter::Settings tiny_settings() {
  Spotter::Settings settings;
  settings.front_end.sample_length_ms = 200;
  settings.front_end.filterbank_n_channels = test::kTinyChannels;
  settings.normalization = Spotter::Normalization::kMeanAndStd;
  settings.latency_ms = 20;
  settings.detector.average_window_duration_ms = 50;
  settings.detector.detection_threshold = 180;
  settings.detector.suppression_ms = 700;
  settings.detector.minimum_count = 2;
  return settings;
}

// A spotter with exactly the memory that it asks for.
class Tiny {
 public:
  explicit Tiny(const Spotter::Settings& settings = tiny_settings(),
                const graph::Graph& graph = test::tiny_graph())
      : model_(graph::serialize_tflite(graph)) {
    const size_t workspace_bytes = Interpreter::workspace_bound(model_.size());
    const auto workspace = allocate(workspace_bytes);
    size_t arena = 0;
    Interpreter::Options options;
    options.quantized_input = true;
    status_ = Interpreter::required_arena(model_.data(), model_.size(), all_operators(), options,
                                          workspace.get(), workspace_bytes, &arena);
    if (!status_.ok()) return;
    bytes_ = Spotter::required_memory(settings, 3) + arena;
    memory_ = allocate(bytes_);
    status_ = initialize(settings, bytes_);
  }

  Status initialize(const Spotter::Settings& settings, size_t bytes) {
    return spotter_.initialize(settings, model_.data(), model_.size(), all_operators(), kLabels, 3,
                               memory_.get(), bytes);
  }

  std::vector<Heard> hear(const std::vector<int16_t>& samples, uint64_t seed = 0) {
    std::vector<Heard> heard;
    Random random(seed, Purpose::kTest);
    for (size_t done = 0; done < samples.size();) {
      const size_t piece = seed == 0 ? samples.size() : random.below(400);
      const size_t count = std::min(piece, samples.size() - done);
      const Status status = spotter_.push(
          samples.data() + done, static_cast<int32_t>(count), [&](const Spotter::Inference& i) {
            heard.push_back(
                {i.time_ms, {i.scores, i.scores + 3}, i.detection.is_new, i.detection.class_index});
          });
      EXPECT_TRUE(status.ok()) << status.message;
      done += count;
    }
    return heard;
  }

  const Status& status() const { return status_; }
  size_t bytes() const { return bytes_; }
  Spotter& spotter() { return spotter_; }

 private:
  Bytes model_;
  std::unique_ptr<Block[]> memory_;
  size_t bytes_ = 0;
  Status status_;
  Spotter spotter_;
};

void add_tone(std::vector<int16_t>& samples, double frequency_hz, double seconds,
              double amplitude = 6000.0) {
  const auto count = static_cast<size_t>(16000.0 * seconds);
  for (size_t i = 0; i < count; ++i) {
    const double phase = 2.0 * std::numbers::pi * frequency_hz * static_cast<double>(i) / 16000.0;
    samples.push_back(static_cast<int16_t>(std::lround(amplitude * std::sin(phase))));
  }
}

// Silence, a high tone, silence, a low tone, silence.
std::vector<int16_t> two_tones() {
  std::vector<int16_t> samples(8000, 0);
  add_tone(samples, 5000.0, 0.3);
  samples.resize(samples.size() + 12000, 0);
  add_tone(samples, 300.0, 0.3);
  samples.resize(samples.size() + 8000, 0);
  return samples;
}

std::vector<int32_t> detections(const std::vector<Heard>& heard) {
  std::vector<int32_t> classes;
  for (const Heard& one : heard) {
    if (one.is_new) classes.push_back(one.class_index);
  }
  return classes;
}

TEST(Spotter, DetectsWhatIsThereAndNothingInSilence) {
  Tiny tiny;
  ASSERT_TRUE(tiny.status().ok()) << tiny.status().message;
  EXPECT_TRUE(detections(tiny.hear(std::vector<int16_t>(32000, 0))).empty());
  tiny.spotter().reset();
  EXPECT_EQ(detections(tiny.hear(two_tones())), (std::vector<int32_t>{0, 1}));
}

TEST(Spotter, AnyChunkingGivesTheSame) {
  Tiny tiny;
  const auto samples = two_tones();
  const auto whole = tiny.hear(samples);
  ASSERT_FALSE(whole.empty());
  for (uint64_t seed = 1; seed < 6; ++seed) {
    tiny.spotter().reset();
    EXPECT_EQ(tiny.hear(samples, seed), whole) << seed;
  }
}

TEST(Spotter, InfersAtTheLatencyInTheSoundsTime) {
  Tiny tiny;
  const auto heard = tiny.hear(std::vector<int16_t>(3200, 0));
  // The first row is complete after a window of 25 ms, rows follow every 10 ms.
  std::vector<int64_t> times;
  for (const Heard& one : heard) times.push_back(one.time_ms);
  EXPECT_EQ(times, (std::vector<int64_t>{25, 45, 65, 85, 105, 125, 145, 165, 185}));
  EXPECT_EQ(tiny.spotter().time_ms(), 200);
}

// All values equal: the deviation is 0, and nothing may be divided by it.
TEST(Spotter, ConstantSpectrogramGivesFiniteScores) {
  Tiny tiny;
  const auto heard = tiny.hear(std::vector<int16_t>(8000, 0));
  ASSERT_FALSE(heard.empty());
  const uint16_t* rows = tiny.spotter().spectrogram();
  ASSERT_TRUE(std::all_of(rows, rows + test::kTinyFrames * test::kTinyChannels,
                          [rows](uint16_t value) { return value == rows[0]; }));
  // Zeros in: the bias decides, softmax(0, 0, 1) = 0.2119, 0.2119, 0.5761.
  EXPECT_EQ(heard.back().scores, (std::vector<uint8_t>{54, 54, 146}));
}

// The window that the model sees is the front end's spectrogram of the last 200 ms.
TEST(Spotter, SpectrogramSlides) {
  Tiny tiny;
  const auto samples = two_tones();
  std::vector<uint16_t> rows;
  const FrontEndSettings settings = tiny_settings().front_end;
  const size_t bytes = FrontEnd::required_memory(settings);
  const auto memory = allocate(bytes);
  FrontEnd front_end;
  ASSERT_TRUE(front_end.initialize(settings, memory.get(), bytes).ok());
  front_end.process(samples.data(), 12000, [&](const uint16_t* row) {
    rows.insert(rows.end(), row, row + test::kTinyChannels);
  });
  tiny.hear({samples.begin(), samples.begin() + 12000});
  const size_t count = test::kTinyFrames * test::kTinyChannels;
  ASSERT_GE(rows.size(), count);
  EXPECT_TRUE(std::equal(rows.end() - static_cast<std::ptrdiff_t>(count), rows.end(),
                         tiny.spotter().spectrogram()));
}

TEST(Spotter, VolumeGainSaturates) {
  Spotter::Settings settings = tiny_settings();
  settings.volume_gain = 10.0F;
  Tiny loud(settings);
  std::vector<int16_t> quiet_tone(8000, 0), loud_tone;
  add_tone(quiet_tone, 5000.0, 0.3, 5000.0);
  for (const int16_t sample : quiet_tone) {
    loud_tone.push_back(static_cast<int16_t>(std::clamp(10 * sample, -32768, 32767)));
  }
  Tiny plain;
  EXPECT_EQ(loud.hear(quiet_tone, 3), plain.hear(loud_tone));
}

TEST(Spotter, WithoutSuppressionADetectionForgetsTheSound) {
  std::vector<int16_t> samples(8000, 0);
  add_tone(samples, 5000.0, 0.2);
  for (const int32_t suppression_ms : {0, 2}) {
    Spotter::Settings settings = tiny_settings();
    settings.detector.suppression_ms = suppression_ms;
    Tiny tiny(settings);
    int found = 0;
    const auto on_inference = [&](const Spotter::Inference& inference) {
      if (!inference.detection.is_new) return;
      ++found;
      const uint16_t* rows = tiny.spotter().spectrogram();
      const bool silent = std::all_of(rows, rows + test::kTinyFrames * test::kTinyChannels,
                                      [](uint16_t value) { return value == 0; });
      EXPECT_EQ(silent, suppression_ms == 0);
    };
    ASSERT_TRUE(tiny.spotter()
                    .push(samples.data(), static_cast<int32_t>(samples.size()), on_inference)
                    .ok());
    EXPECT_GT(found, 0);
  }
}

TEST(Spotter, ResetBeginsAnew) {
  Tiny tiny;
  const auto samples = two_tones();
  const auto first = tiny.hear(samples);
  tiny.spotter().reset();
  EXPECT_EQ(tiny.hear(samples), first);
}

TEST(Spotter, RefusesTooLittleMemoryAndBadSettings) {
  Tiny tiny;
  ASSERT_TRUE(tiny.status().ok());
  EXPECT_TRUE(tiny.initialize(tiny_settings(), tiny.bytes()).ok());
  EXPECT_FALSE(tiny.initialize(tiny_settings(), tiny.bytes() - 1).ok());
  for (size_t bytes = 0; bytes < tiny.bytes(); bytes += 97) {
    EXPECT_FALSE(tiny.initialize(tiny_settings(), bytes).ok()) << bytes;
  }
  Spotter::Settings settings = tiny_settings();
  settings.latency_ms = -1;
  EXPECT_FALSE(tiny.initialize(settings, tiny.bytes()).ok());
  settings = tiny_settings();
  settings.volume_gain = std::nanf("");
  EXPECT_FALSE(tiny.initialize(settings, tiny.bytes()).ok());
  settings = tiny_settings();
  settings.front_end.filterbank_n_channels = 7;  // the model has 8
  EXPECT_FALSE(tiny.initialize(settings, tiny.bytes()).ok());
  settings = tiny_settings();
  settings.front_end.window_step_ms = 0;
  EXPECT_FALSE(tiny.initialize(settings, tiny.bytes()).ok());
  EXPECT_EQ(Spotter::required_memory(settings, 3), 0U);
  settings = tiny_settings();
  settings.front_end.sample_length_ms = 10;  // shorter than a window
  EXPECT_FALSE(tiny.initialize(settings, tiny.bytes()).ok());
}

TEST(Spotter, RefusesAModelWithOtherScores) {
  graph::Graph graph = test::tiny_graph();
  graph.outputs = {graph.operators[1].outputs[0], graph.outputs[0]};
  const Tiny tiny(tiny_settings(), graph);
  EXPECT_FALSE(tiny.status().ok());
}

}  // namespace
}  // namespace stapes
