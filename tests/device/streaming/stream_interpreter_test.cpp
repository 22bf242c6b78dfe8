#include "device/streaming/stream_interpreter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "tests/device/streaming/causal_networks.h"
#include "toolkit/base/error.h"
#include "toolkit/graph/device_model.h"
#include "toolkit/graph/executor.h"
#include "toolkit/graph/stream_executor.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes {
namespace {

using graph::Executor;
using graph::StreamExecutor;
using test::layer;

constexpr int32_t kFrames = 41;

// float32: as numbers; everything else: the same bytes.
void expect_same(std::span<const uint8_t> got, std::span<const uint8_t> expected, TensorType type,
                 const std::string& where) {
  ASSERT_EQ(got.size(), expected.size()) << where;
  if (type != TensorType::kFloat32) {
    EXPECT_EQ(std::memcmp(got.data(), expected.data(), got.size()), 0) << where;
    return;
  }
  for (size_t i = 0; i < got.size(); i += sizeof(float)) {
    float a = 0;
    float b = 0;
    std::memcpy(&a, got.data() + i, sizeof a);
    std::memcpy(&b, expected.data() + i, sizeof b);
    ASSERT_NEAR(a, b, 1e-5F * std::max(1.0F, std::abs(b))) << where;
  }
}

// Every row of every tensor of a window, and that the stream makes all of them in time.
void expect_rows_of_window(const graph::Graph& graph, const std::vector<float>& values) {
  Executor window(graph, Executor::Keep::kAllTensors);
  window.set_input(0, std::span<const float>(values));
  window.invoke();
  StreamExecutor stream(graph, StreamExecutor::Keep::kAllTensors);
  const auto frames =
      static_cast<size_t>(graph.tensors[static_cast<size_t>(graph.inputs[0])].shape[1]);
  const size_t frame = values.size() / frames;
  std::vector<size_t> made(graph.operators.size());
  for (size_t f = 0; f < frames; ++f) {
    stream.step(std::span<const float>(values).subspan(f * frame, frame));
    for (size_t i = 0; i < graph.operators.size(); ++i) {
      if (!stream.interpreter().operator_ran(static_cast<int32_t>(i))) continue;
      const graph::Operator& op = graph.operators[i];
      const int32_t output = op.outputs[0];
      const graph::Tensor& tensor = graph.tensors[static_cast<size_t>(output)];
      const auto row = stream.tensor(output);
      const auto whole = window.tensor(output);
      const size_t rows = whole.size() / row.size();
      // Rows of padding in front of the first frame are there from the start.
      const size_t past =
          op.code == OperatorCode::kPad
              ? rows -
                    static_cast<size_t>(graph.tensors[static_cast<size_t>(op.inputs[0])].shape[1])
              : 0;
      ++made[i];
      if (rows == 1 &&
          f + static_cast<size_t>(stream.interpreter().operator_period(static_cast<int32_t>(i))) <
              frames) {
        continue;  // behind the window's last step: only the last one is the window's
      }
      const size_t r = rows == 1 ? 0 : made[i] - 1 + past;
      ASSERT_LT(r, rows) << i;
      expect_same(row, whole.subspan(r * row.size(), row.size()), tensor.type,
                  fmt::format("frame {}, operator {} ({}), row {}", f, i, op.name(), r));
    }
  }
  for (size_t i = 0; i < graph.operators.size(); ++i) EXPECT_GT(made[i], 0U) << i;
}

TEST(StreamInterpreter, EveryRowIsThatOfTheWindow) {
  for (uint64_t seed = 0; seed < 24; ++seed) {
    SCOPED_TRACE(seed);
    bool has_lstm = false;
    const std::string layers = test::random_layers(seed, &has_lstm);
    const test::WindowsOfAnyLength windows(layers, kFrames, 1 + static_cast<int32_t>(seed % 3) * 3,
                                           5, seed);
    const std::vector<float> values =
        test::random_values(seed, static_cast<size_t>(kFrames) * windows.frame_values());
    expect_rows_of_window(windows.float_graph(kFrames), values);
    expect_rows_of_window(windows.int8_graph(kFrames), values);
  }
}

// The output of frame t is that of a window of t + 1 frames.
TEST(StreamInterpreter, EveryOutputIsThatOfAWindowUntilThen) {
  for (uint64_t seed = 30; seed < 36; ++seed) {
    SCOPED_TRACE(seed);
    const std::string layers = layer("tenet",
                                     "channels = 4\nblocks = 2\nblock_depth = 2\nkernel = 5\n"
                                     "padding = \"causal\"") +
                               layer("sequence") + layer("layer_norm") +
                               (seed % 2 == 0 ? layer("lstm", "units = 6") : "") +
                               layer("last_step");
    const test::WindowsOfAnyLength windows(layers, kFrames, 1, 5, seed);
    const size_t frame = windows.frame_values();
    const std::vector<float> values = test::random_values(seed, 60 * frame);
    for (const bool int8 : {false, true}) {
      const graph::Graph graph = int8 ? windows.int8_graph(kFrames) : windows.float_graph(kFrames);
      StreamExecutor stream(graph);
      for (int32_t t = 0; t < 60; ++t) {
        const bool is_new = stream.step(
            std::span<const float>(values).subspan(static_cast<size_t>(t) * frame, frame));
        EXPECT_EQ(is_new, t % 4 == 0);
        if (!is_new) continue;
        Executor window(int8 ? windows.int8_graph(t + 1) : windows.float_graph(t + 1));
        window.set_input(0,
                         std::span<const float>(values).first(static_cast<size_t>(t + 1) * frame));
        window.invoke();
        const auto got = stream.output_as_float(0);
        const auto expected = window.output_as_float(0);
        for (size_t c = 0; c < got.size(); ++c) {
          EXPECT_NEAR(got[c], expected[c], int8 ? 0.0F : 1e-5F) << "frame " << t;
        }
      }
    }
  }
}

// Without an LSTM, a window that all frames reach back to fit into is the stream's, wherever it
// begins (at a frame at which every stride takes one).
TEST(StreamInterpreter, OnceItsRowsAreFullAConvolutionalStreamIsAnyWindow) {
  const std::string layers = layer("tenet",
                                   "channels = 4\nblocks = 2\nblock_depth = 1\nkernel = 5\n"
                                   "padding = \"causal\"") +
                             layer("sequence") + layer("last_step");
  constexpr int32_t kReach = 1 + 2 + 4 + 4 * 2;  // of the stem and both blocks, in frames
  constexpr int32_t kWindow = 17;
  static_assert(kWindow >= kReach);
  const test::WindowsOfAnyLength windows(layers, kWindow, 1, 5, 1);
  const size_t frame = windows.frame_values();
  const std::vector<float> values = test::random_values(1, 100 * frame);
  const graph::Graph graph = windows.int8_graph(kWindow);
  Executor window(graph);
  StreamExecutor stream(graph);
  int compared = 0;
  for (int32_t t = 0; t < 100; ++t) {
    const auto at = static_cast<size_t>(t) * frame;
    if (!stream.step(std::span<const float>(values).subspan(at, frame)) || t < kWindow - 1)
      continue;
    window.set_input(0, std::span<const float>(values).subspan(
                            static_cast<size_t>(t + 1 - kWindow) * frame, kWindow * frame));
    window.invoke();
    const auto got = stream.output(0);
    const auto expected = window.output(0);
    EXPECT_TRUE(std::equal(got.begin(), got.end(), expected.begin())) << t;
    ++compared;
  }
  EXPECT_EQ(compared, 21);
}

// Of the model that ships for streams: a score depends on 97 frames, and its window holds 98, of
// which strides of 8 leave the last one out.
TEST(StreamInterpreter, TheModelThatShipsScoresInAStreamAsOnAnyWindow) {
  const Path folder = Path(STAPES_SOURCE_FOLDER) / "models" / "commands12_streaming";
  for (const bool int8 : {true, false}) {
    const graph::Graph graph = graph::read_tflite(
        folder / (int8 ? "commands12_streaming_int8.tflite" : "commands12_streaming_float.tflite"));
    const std::vector<int32_t>& shape =
        graph.tensors[static_cast<size_t>(graph.inputs[0])].shape;  // [1, frames, 1, channels]
    const auto frames = static_cast<size_t>(shape[1]);
    const auto frame = static_cast<size_t>(shape[3]);
    std::vector<float> values = test::random_values(4, 300 * frame);
    for (float& value : values)
      value = 2 * std::abs(value);  // as a front end's, which are positive
    Executor window(graph);
    StreamExecutor stream(graph);
    size_t compared = 0;
    for (size_t t = 0; t + 1 < 300; ++t) {
      const bool is_new = stream.step(std::span<const float>(values).subspan(t * frame, frame));
      if (!is_new || t + 2 < frames) continue;
      window.set_input(
          0, std::span<const float>(values).subspan((t + 2 - frames) * frame, frames * frame));
      window.invoke();
      // Int8 scores leave the model as floats, but have to be the same bytes.
      expect_same(stream.output(0), window.output(0),
                  int8 ? TensorType::kInt8 : TensorType::kFloat32, fmt::format("frame {}", t));
      ++compared;
    }
    EXPECT_EQ(compared, 26U);
  }
}

TEST(StreamInterpreter, ResetForgetsEverything) {
  const std::string layers = layer("conv2d", "channels = 4\nkernel = [4, 1]\npadding = \"valid\"") +
                             layer("depthwise_conv2d", "kernel = [3, 1]\npadding = \"causal\"") +
                             layer("sequence") + layer("lstm", "units = 5") + layer("last_step");
  const test::WindowsOfAnyLength windows(layers, kFrames, 1, 5, 2);
  const size_t frame = windows.frame_values();
  const std::vector<float> values = test::random_values(2, 50 * frame);
  for (const graph::Graph& graph : {windows.float_graph(kFrames), windows.int8_graph(kFrames)}) {
    StreamExecutor stream(graph);
    const auto run = [&] {
      std::vector<float> all;
      for (size_t t = 0; t < 50; ++t) {
        if (!stream.step(std::span<const float>(values).subspan(t * frame, frame))) continue;
        const std::vector<float> scores = stream.output_as_float(0);
        all.insert(all.end(), scores.begin(), scores.end());
      }
      return all;
    };
    const std::vector<float> first = run();
    EXPECT_EQ(first.size(), (50U - 3U) * 3U);  // the first window of four frames has to fill
    EXPECT_NE(run(), first);
    stream.reset();
    EXPECT_EQ(run(), first);
  }
}

std::string fault_of(const std::string& layers, int32_t width = 1) {
  try {
    const network::Network network = test::causal_network(layers, {kFrames, width, 5});
    const StreamExecutor stream(network::lower(network, network::initialize(network, 1)));
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(StreamInterpreter, WhatCantStreamIsNamed) {
  const std::string end = layer("sequence") + layer("last_step");
  EXPECT_NE(fault_of(layer("tenet", "channels = 4\nblocks = 1") + end).find("padding = \"causal\""),
            std::string::npos);
  EXPECT_NE(fault_of(layer("tenet", "channels = 4\nblocks = 1") + end).find("CONV_2D"),
            std::string::npos);
  EXPECT_NE(fault_of(layer("conv2d", "channels = 2\nkernel = [1, 1]") + layer("flatten"))
                .find("mixes the time steps"),
            std::string::npos);
  EXPECT_NE(
      fault_of(layer("max_pool", "kernel = [3, 1]\nstride = [1, 1]") + end).find("looks ahead"),
      std::string::npos);
  // A shortcut around a window that only begins when it is full.
  const std::string branches =
      layer("conv2d",
            "channels = 5\nkernel = [3, 1]\nstride = [40, 1]\npadding = \"valid\"\n"
            "name = \"late\"");
  EXPECT_EQ(fault_of(branches + end), "");
}

// Aligned memory that says when it was written behind its end.
class Guarded {
 public:
  explicit Guarded(size_t bytes) : memory_(bytes + kArenaAlignment) {
    std::memset(memory_.data() + bytes, 0x5A, kArenaAlignment);
    bytes_ = bytes;
  }
  uint8_t* data() { return memory_.data(); }
  size_t size() const { return bytes_; }
  bool is_intact() {
    const uint8_t* end = memory_.data() + bytes_;
    return std::all_of(end, end + kArenaAlignment, [](uint8_t byte) { return byte == 0x5A; });
  }

 private:
  graph::AlignedMemory memory_;
  size_t bytes_;
};

// A model whose QUANTIZE is left to the caller, frame by frame: the outputs that it has otherwise,
// in a smaller arena, after a reset too.
TEST(StreamInterpreter, TakesAQuantizedInput) {
  StreamInterpreter::Options direct_options;
  direct_options.quantized_input = true;
  for (uint64_t seed = 0; seed < 16; ++seed) {
    SCOPED_TRACE(seed);
    bool has_lstm = false;
    const test::WindowsOfAnyLength windows(test::random_layers(seed, &has_lstm), kFrames, 4, 5,
                                           seed);
    const Bytes file = graph::serialize_tflite(windows.int8_graph(kFrames));
    graph::AlignedMemory workspace(StreamInterpreter::workspace_bound(file.size()));
    const auto arena_of = [&](const StreamInterpreter::Options& options) {
      size_t bytes = 0;
      EXPECT_TRUE(StreamInterpreter::required_arena(file.data(), file.size(), all_operators(),
                                                    options, workspace.data(), workspace.size(),
                                                    &bytes)
                      .ok());
      return bytes;
    };
    Guarded whole_arena(arena_of({}));
    Guarded direct_arena(arena_of(direct_options));
    EXPECT_LE(direct_arena.size(), whole_arena.size());
    StreamInterpreter whole;
    StreamInterpreter direct;
    const auto initialize = [&](size_t bytes) {
      return direct.initialize(file.data(), file.size(), direct_arena.data(), bytes,
                               all_operators(), direct_options);
    };
    EXPECT_FALSE(initialize(direct_arena.size() - 1).ok());
    ASSERT_TRUE(initialize(direct_arena.size()).ok());
    ASSERT_TRUE(whole
                    .initialize(file.data(), file.size(), whole_arena.data(), whole_arena.size(),
                                all_operators())
                    .ok());
    ASSERT_TRUE(direct.has_quantized_input());
    const auto frame = static_cast<int32_t>(windows.frame_values());
    const std::vector<float> values = test::random_values(seed, 70 * static_cast<size_t>(frame));
    for (int32_t t = 0; t < 70; ++t) {
      if (t == 50) {
        whole.reset();
        direct.reset();
      }
      const float* row = values.data() + t * frame;
      std::memcpy(whole.input().data, row, whole.input().bytes);
      direct.quantize_input(row, 0, frame / 2);
      direct.quantize_input(row + frame / 2, frame / 2, frame - frame / 2);
      ASSERT_TRUE(whole.step().ok());
      ASSERT_TRUE(direct.step().ok());
      ASSERT_EQ(direct.has_new_output(), whole.has_new_output()) << t;
      if (!direct.has_new_output()) continue;
      ASSERT_EQ(std::memcmp(direct.output(0).data, whole.output(0).data, direct.output(0).bytes), 0)
          << t;
    }
    EXPECT_TRUE(direct_arena.is_intact());
  }
}

void expect_exact_arena(const OperatorTable& operators) {
  for (uint64_t seed = 40; seed < 48; ++seed) {
    bool has_lstm = false;
    const test::WindowsOfAnyLength windows(test::random_layers(seed, &has_lstm), kFrames, 4, 5,
                                           seed);
    const Bytes file = graph::serialize_tflite(windows.int8_graph(kFrames));
    alignas(kArenaAlignment) static uint8_t model[256 * 1024];
    alignas(kArenaAlignment) static uint8_t arena[1024 * 1024];
    ASSERT_LE(file.size(), sizeof model);
    std::memcpy(model, file.data(), file.size());
    size_t needed = 0;
    ASSERT_TRUE(StreamInterpreter::required_arena(model, file.size(), operators, {}, arena,
                                                  sizeof arena, &needed)
                    .ok());
    StreamInterpreter stream;
    std::memset(arena, 0x5A, sizeof arena);
    ASSERT_TRUE(stream.initialize(model, file.size(), arena, needed, operators).ok());
    EXPECT_EQ(stream.arena_used(), needed);
    for (int i = 0; i < 50; ++i) {
      std::memset(stream.input().data, 0, stream.input().bytes);
      ASSERT_TRUE(stream.step().ok());
    }
    for (size_t i = needed; i < sizeof arena; ++i) ASSERT_EQ(arena[i], 0x5A) << i;
    EXPECT_FALSE(stream.initialize(model, file.size(), arena, needed - 1, operators).ok());
  }
}

TEST(StreamInterpreter, NeedsExactlyTheArenaThatItSays) { expect_exact_arena(all_operators()); }

TEST(StreamInterpreter, NeedsExactlyTheArenaThatItSaysWithPackedWeights) {
  expect_exact_arena(packing_operators());
}

// Changed bytes: an error or a stream that runs, nothing else (the sanitizers watch).
TEST(StreamInterpreter, SurvivesDamagedFiles) {
  bool has_lstm = false;
  const test::WindowsOfAnyLength windows(test::random_layers(4, &has_lstm), kFrames, 1, 5, 4);
  const Bytes file = graph::serialize_tflite(windows.int8_graph(kFrames));
  alignas(kArenaAlignment) static uint8_t model[128 * 1024];
  alignas(kArenaAlignment) static uint8_t arena[512 * 1024];
  ASSERT_LE(file.size(), sizeof model);
  int ran = 0;
  for (uint64_t i = 0; i < 3000; ++i) {
    Random random(i, Purpose::kTest, 9);
    std::memcpy(model, file.data(), file.size());
    for (uint64_t n = 1 + random.below(3); n > 0; --n) {
      model[random.below(file.size())] =
          static_cast<uint8_t>(random.below(3) == 0 ? random.below(256) : random.below(4));
    }
    const size_t size = random.below(8) == 0 ? random.below(file.size()) : file.size();
    StreamInterpreter stream;
    if (!stream.initialize(model, size, arena, sizeof arena, all_operators()).ok()) continue;
    ++ran;
    for (int step = 0; step < 3; ++step) {
      std::memset(stream.input().data, step, stream.input().bytes);
      if (!stream.step().ok()) break;
    }
  }
  EXPECT_GT(ran, 100);
}

}  // namespace
}  // namespace stapes
