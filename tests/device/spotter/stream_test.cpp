// The spotter that runs its model frame by frame.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "device/graph/interpreter.h"
#include "device/spotter/spotter.h"
#include "device/streaming/stream_interpreter.h"
#include "tests/support/quantized_start.h"
#include "tests/support/spotter_memory.h"
#include "tests/support/tiny_stream_model.h"
#include "toolkit/base/philox.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes {
namespace {

using test::allocate;
using test::Block;

constexpr const char* kLabels[] = {"high", "low", "_unknown_"};

Spotter::Settings settings_of_tiny_stream() {
  Spotter::Settings settings;
  settings.front_end.sample_length_ms = 200;
  settings.front_end.filterbank_n_channels = test::kTinyChannels;
  settings.normalization = Spotter::Normalization::kRescale;
  settings.rescale = 0.005F;
  settings.latency_ms = 10;
  settings.detector.average_window_duration_ms = 50;
  settings.detector.suppression_ms = 700;
  settings.detector.minimum_count = 2;
  return settings;
}

struct Heard {
  int64_t time_ms;
  std::vector<uint8_t> scores;
  bool is_new;
};

// With exactly the memory that it asks for, frame by frame or on windows.
class TinyListener {
 public:
  TinyListener(bool frame_by_frame, const Spotter::Settings& settings,
               const graph::Graph& graph = test::tiny_stream_graph())
      : model_(graph::serialize_tflite(graph)) {
    const size_t workspace_bytes = StreamInterpreter::workspace_bound(model_.size());
    const auto workspace = allocate(workspace_bytes);
    size_t arena = 0;
    if (frame_by_frame) {
      StreamInterpreter::Options options;
      options.quantized_input = true;
      status_ =
          StreamInterpreter::required_arena(model_.data(), model_.size(), all_operators(), options,
                                            workspace.get(), workspace_bytes, &arena);
      if (!status_.ok()) return;
      bytes_ = Spotter::required_stream_memory(settings, 3) + arena;
      memory_ = allocate(bytes_);
      status_ = initialize_stream(settings, bytes_);
      return;
    }
    Interpreter::Options options;
    options.quantized_input = true;
    status_ = Interpreter::required_arena(model_.data(), model_.size(), all_operators(), options,
                                          workspace.get(), workspace_bytes, &arena);
    if (!status_.ok()) return;
    bytes_ = Spotter::required_memory(settings, 3) + arena;
    memory_ = allocate(bytes_);
    status_ = spotter_.initialize(settings, model_.data(), model_.size(), all_operators(), kLabels,
                                  3, memory_.get(), bytes_);
  }

  Status initialize_stream(const Spotter::Settings& settings, size_t bytes) {
    return spotter_.initialize_stream(settings, model_.data(), model_.size(), all_operators(),
                                      kLabels, 3, memory_.get(), bytes);
  }

  // In pieces of one size, or of random ones.
  std::vector<Heard> hear(const std::vector<int16_t>& samples, uint64_t seed = 0) {
    std::vector<Heard> heard;
    Random random(seed, Purpose::kTest);
    for (size_t done = 0; done < samples.size();) {
      const size_t piece = seed == 0 ? samples.size() : 1 + random.below(400);
      const size_t count = std::min(piece, samples.size() - done);
      const Status status = spotter_.push(
          samples.data() + done, static_cast<int32_t>(count), [&](const Spotter::Inference& i) {
            heard.push_back({i.time_ms, {i.scores, i.scores + 3}, i.detection.is_new});
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

// Silence, a high tone, silence, a low tone.
std::vector<int16_t> two_tones() {
  std::vector<int16_t> samples(8000, 0);
  for (const double frequency_hz : {5000.0, 300.0}) {
    for (int i = 0; i < 4800; ++i) {
      samples.push_back(static_cast<int16_t>(
          std::lround(6000.0 * std::sin(6.2831853 * frequency_hz * i / 16000))));
    }
    samples.resize(samples.size() + 14400, 0);
  }
  return samples;
}

void expect_equal(const std::vector<Heard>& got, const std::vector<Heard>& expected) {
  ASSERT_EQ(got.size(), expected.size());
  for (size_t i = 0; i < got.size(); ++i) {
    ASSERT_EQ(got[i].time_ms, expected[i].time_ms);
    ASSERT_EQ(got[i].scores, expected[i].scores) << got[i].time_ms;
    ASSERT_EQ(got[i].is_new, expected[i].is_new) << got[i].time_ms;
  }
}

void expect_what_the_windows_hear(const graph::Graph& graph) {
  TinyListener stream(true, settings_of_tiny_stream(), graph);
  TinyListener windows(false, settings_of_tiny_stream(), graph);
  ASSERT_TRUE(stream.status().ok()) << stream.status().message;
  ASSERT_TRUE(windows.status().ok()) << windows.status().message;
  const std::vector<Heard> by_frame = stream.hear(two_tones());
  std::vector<Heard> by_window = windows.hear(two_tones());
  // The first output comes when the pool is full; windows begin with silence in front.
  ASSERT_EQ(by_frame.size() + test::kTinyReach - 1, by_window.size());
  by_window.erase(by_window.begin(), by_window.begin() + test::kTinyReach - 1);
  expect_equal(by_frame, by_window);
  EXPECT_EQ(
      std::count_if(by_frame.begin(), by_frame.end(), [](const Heard& h) { return h.is_new; }), 2);
  EXPECT_LT(stream.bytes(), windows.bytes());
}

TEST(StreamingSpotter, HearsWhatTheWindowsHear) {
  expect_what_the_windows_hear(test::tiny_stream_graph());
}

// Each row of them is quantized by the spotter, as a window is.
TEST(StreamingSpotter, HearsWhatTheWindowsHearInAQuantizedInput) {
  expect_what_the_windows_hear(
      test::with_quantized_start(test::tiny_stream_graph(), TensorType::kInt8, 0.02F, -128));
}

TEST(StreamingSpotter, PiecesOfAnySizeMakeNoDifference) {
  TinyListener stream(true, settings_of_tiny_stream());
  const std::vector<Heard> whole = stream.hear(two_tones());
  for (uint64_t seed = 1; seed < 4; ++seed) {
    stream.spotter().reset();
    expect_equal(stream.hear(two_tones(), seed), whole);
  }
  Spotter::Settings slow = settings_of_tiny_stream();
  slow.latency_ms = 500;  // means nothing frame by frame
  TinyListener other(true, slow);
  expect_equal(other.hear(two_tones()), whole);
}

TEST(StreamingSpotter, RefusesWhatNeedsTheWholeWindow) {
  Spotter::Settings settings = settings_of_tiny_stream();
  settings.normalization = Spotter::Normalization::kMeanAndStd;
  const TinyListener stream(true, settings);
  ASSERT_FALSE(stream.status().ok());
  EXPECT_NE(std::string(stream.status().message).find("rescale"), std::string::npos);
  TinyListener small(true, settings_of_tiny_stream());
  EXPECT_FALSE(small.initialize_stream(settings_of_tiny_stream(), small.bytes() - 1).ok());
}

}  // namespace
}  // namespace stapes
