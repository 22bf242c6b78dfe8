// `stapes quantize` as a user calls it: what the specification pins is what an option would say.
#include <gtest/gtest.h>

#include "tests/support/command.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tones.h"
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

TEST_F(QuantizeCommand, ChoosesByMeasuringAndSaysWhy) {
  quantize({});
  EXPECT_NE(printed.find("Tried on 4 inputs"), std::string::npos) << printed;
  EXPECT_NE(printed.find("<-- chosen"), std::string::npos) << printed;
  EXPECT_NE(printed.find("Chosen: "), std::string::npos) << printed;
  EXPECT_NE(printed.find("Worst rows"), std::string::npos) << printed;
}

}  // namespace
}  // namespace stapes::test
