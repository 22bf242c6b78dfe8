// `stapes quantize` as a user calls it: what the specification pins is what an option would say.
#include <gtest/gtest.h>

#include <set>

#include "tests/support/command.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_project.h"
#include "tests/support/tones.h"
#include "tests/toolkit/quantization/small_graphs.h"
#include "toolkit/base/files.h"
#include "toolkit/base/npy.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes::test {
namespace {

class QuantizeCommand : public testing::Test {
 protected:
  QuantizeCommand() {
    write_tiny_model(model);
    std::vector<float> inputs(4 * kTinyFrames * kTinyChannels);
    for (size_t i = 0; i < inputs.size(); ++i) inputs[i] = static_cast<float>(i % 17) - 5.0F;
    write_npy(folder / "inputs.npy", {4, kTinyFrames, 1, kTinyChannels}, inputs);
  }

  // The int8 file's bytes, and in `printed` what the command said.
  Bytes quantize(const std::vector<std::string>& options) {
    const Path output = folder / "made_int8.tflite";
    std::vector<std::string> arguments{"quantize", model, "--representative", folder / "inputs.npy",
                                       "--output", output};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const CommandResult result = run_stapes(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    printed = result.output;
    return read_file(output);
  }

  Bytes quantize_with(const std::string& keys) {
    const Path specification = folder / "tiny.toml";
    write_text_file(specification,
                    "[classes]\nkeywords = [\"high\", \"low\"]\n[quantization]\n" + keys);
    return quantize({"--spec", specification});
  }

  TemporaryFolder folder;
  const Path model = folder / "tiny_float.tflite";
  std::string printed;
};

TEST_F(QuantizeCommand, TheSpecificationPinsWhatTheOptionsPin) {
  const std::vector<std::string> pinned{"--calibration", "mse", "--rounding", "nearest"};
  const std::string keys = "calibration = \"mse\"\nrounding = \"nearest\"\n";
  const auto with = [&](std::vector<std::string> options) {
    options.insert(options.end(), pinned.begin(), pinned.end());
    return quantize(options);
  };
  const Bytes plain = with({});
  EXPECT_EQ(printed.find("chosen"), std::string::npos) << printed;
  EXPECT_EQ(quantize_with(keys), plain);
  for (const std::string scales : {"tensor", "row"}) {
    EXPECT_EQ(quantize_with(keys + "weights = \"" + scales + "\"\n"), with({"--weights", scales}));
  }
  const Bytes int8 = with({"--int8-io"});
  EXPECT_NE(int8, plain);
  EXPECT_EQ(quantize_with(keys + "int8_io = true\n"), int8);
  const graph::Graph graph = graph::read_tflite(folder / "made_int8.tflite");
  EXPECT_EQ(graph.tensors[static_cast<size_t>(graph.inputs[0])].type, TensorType::kInt8);
}

// A model of which every setting changes something: a layer norm, an LSTM, a dense layer.
graph::Graph listening_graph() {
  quantization::GraphBuilder builder({1, 6, 3});
  const int32_t normalized =
      builder.add_layer_norm(builder.input(), {1, 6, 3}, {1, 0.5F, 2}, {0, 1, 0});
  const int32_t hidden = builder.add_lstm(normalized, 6, 3, 4);
  const int32_t rows =
      builder.add(OperatorCode::kReshape, {hidden, builder.integers({6, 4})}, {6, 4});
  const int32_t logits =
      builder.add(OperatorCode::kFullyConnected,
                  {rows, builder.random({3, 4}, 1), builder.random({3}, 1)}, {6, 3});
  return builder.finish(builder.add(OperatorCode::kSoftmax, {logits}, {6, 3}));
}

TEST_F(QuantizeCommand, EveryChoiceCanBePinnedInTheSpecification) {
  graph::write_tflite(model, listening_graph());
  const std::vector<float> inputs = quantization::random_inputs(40, 18);
  write_npy(folder / "inputs.npy", {40, 6, 3}, inputs);
  struct Pin {
    std::string key;
    std::vector<std::string> options;
  };
  const std::vector<Pin> pins{
      {"layer_norm = \"decomposed\"", {"--layer-norm", "decomposed"}},
      {"layer_norm = \"l2\"", {"--layer-norm", "l2"}},
      {"layer_norm = \"float\"", {"--layer-norm", "float"}},
      {"calibration = \"minmax\"", {"--calibration", "minmax"}},
      {"calibration = \"percentile\"\npercentile = 97.0",
       {"--calibration", "percentile", "--percentile", "97"}},
      {"calibration = \"mse\"", {"--calibration", "mse"}},
      {"rounding = \"nearest\"", {"--rounding", "nearest"}},
      {"rounding = \"joint\"", {"--rounding", "joint"}},
      {"weights = \"tensor\"", {"--weights", "tensor"}},
      {"weights = \"row\"", {"--weights", "row"}},
      {"lstm_state = \"int16\"", {"--lstm-state", "int16"}},
      {"lstm_weights = \"row\"", {"--lstm-weights", "row"}},
      {"carry_state = true", {"--carry-state"}},
      {"int8_io = true", {"--int8-io"}},
  };
  // What a pin leaves open is pinned here, once as keys and once as options.
  const std::vector<Pin> usual{{"layer_norm = \"l2\"", {"--layer-norm", "l2"}},
                               {"calibration = \"mse\"", {"--calibration", "mse"}},
                               {"rounding = \"nearest\"", {"--rounding", "nearest"}}};
  std::set<Bytes> made;
  for (const Pin& pin : pins) {
    SCOPED_TRACE(pin.key);
    std::string keys = pin.key + "\n";
    std::vector<std::string> options = pin.options;
    for (const Pin& other : usual) {
      if (pin.options.front() == other.options.front()) continue;
      keys += other.key + "\n";
      options.insert(options.end(), other.options.begin(), other.options.end());
    }
    const Bytes by_options = quantize(options);
    EXPECT_EQ(quantize_with(keys), by_options);
    EXPECT_EQ(printed.find("chosen"), std::string::npos) << printed;
    made.insert(by_options);
  }
  // Three of the pins say what is usual, and there is no convolution for "tensor" to change.
  EXPECT_EQ(made.size(), pins.size() - 3);
}

TEST_F(QuantizeCommand, ChoosesByMeasuringAndSaysWhy) {
  quantize({});
  EXPECT_NE(printed.find("Tried on 4 inputs"), std::string::npos) << printed;
  EXPECT_NE(printed.find("<-- chosen"), std::string::npos) << printed;
  EXPECT_NE(printed.find("Chosen: "), std::string::npos) << printed;
  EXPECT_NE(printed.find("Worst rows"), std::string::npos) << printed;
}

class QuantizeWithClips : public TinyProject {
 protected:
  CommandResult quantize(const std::vector<std::string>& settings) const {
    std::vector<std::string> arguments{"quantize", model,
                                       "--spec",   spec,
                                       "--data",   data,
                                       "--output", folder / "made_int8.tflite",
                                       "--set",    "frontend.sample_length_ms=200",
                                       "--set",    "frontend.filterbank_n_channels=8"};
    for (const std::string& setting : settings) {
      arguments.insert(arguments.end(), {"--set", setting});
    }
    return run_stapes(arguments);
  }
};

TEST_F(QuantizeWithClips, EachAlsoWithNoiseWhereTheSpecificationSaysSo) {
  const CommandResult clean = quantize({});
  EXPECT_EQ(clean.exit_code, 0) << clean.errors;
  EXPECT_NE(clean.output.find("over 12 inputs, "), std::string::npos) << clean.output;
  const CommandResult noisy = quantize({"quantization.representative_noise_db=[10,0]"});
  EXPECT_EQ(noisy.exit_code, 0) << noisy.errors;
  EXPECT_NE(noisy.output.find("Tried on 36 inputs"), std::string::npos) << noisy.output;
  EXPECT_NE(noisy.output.find("over 36 inputs (12 clips, clean and with noise at 10 and 0 dB), "),
            std::string::npos)
      << noisy.output;
  const CommandResult silent =
      quantize({"quantization.representative_noise_db=[10]", "data.noise.ambient=[]"});
  EXPECT_EQ(silent.exit_code, 1);
  EXPECT_NE(silent.errors.find("noise"), std::string::npos) << silent.errors;
}

}  // namespace
}  // namespace stapes::test
