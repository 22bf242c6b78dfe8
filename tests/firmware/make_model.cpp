// make_model FOLDER: writes a small trained-looking int8 model of the tutorial's kind (TENet, layer
// norm, LSTM), some inputs, and the bytes that the interpreter on this computer answers:
// model.tflite, input.bin, expected.bin. The same network with causal convolutions, frame by frame:
// stream.tflite, stream_input.bin, stream_expected.bin. Also a model that tells high tones from low
// ones, as float32 and as int8, and a sound for it: tones_float.tflite, tones_int8.tflite,
// tones.wav. The tests on the boards compare against them.
// make_model FOLDER MODEL: input.bin and expected.bin for somebody else's model with float32 input.
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "tests/support/tones.h"
#include "tests/support/tutorial_network.h"
#include "toolkit/base/philox.h"
#include "toolkit/graph/executor.h"
#include "toolkit/graph/stream_executor.h"
#include "toolkit/graph/tflite_file.h"
#include "toolkit/network/network.h"
#include "toolkit/quantization/quantize_model.h"
#include "toolkit/specification/specification.h"

namespace stapes {
namespace {

constexpr size_t kInputs = 4;

std::vector<float> random_inputs(size_t values) {
  Random random(1, Purpose::kTest);
  std::vector<float> inputs(values);
  for (float& value : inputs) value = static_cast<float>(random.normal());
  return inputs;
}

// A quantized model and the inputs of kInputs windows, one after the other.
struct Example {
  graph::Graph graph;
  size_t size = 0;  // of one window
  std::vector<float> inputs;

  // FOLDER/PREFIXinput.bin and PREFIXexpected.bin beside the model.
  void write(const Path& folder, const std::string& model, const std::string& prefix,
             const Bytes& expected) const {
    Bytes input(inputs.size() * sizeof(float));
    std::memcpy(input.data(), inputs.data(), input.size());
    graph::write_tflite(folder / model, graph);
    write_file(folder / (prefix + "input.bin"), input);
    write_file(folder / (prefix + "expected.bin"), expected);
  }
};

Example make_example(const std::string& specification_text) {
  const Specification specification = parse_specification(specification_text, "boards");
  const network::Network network = network::expand(specification.network, {40, 1, 12}, 4);
  const graph::Graph float_graph = network::lower(network, network::initialize(network, 1));
  Example example;
  example.size = quantization::input_size(float_graph);
  example.inputs = random_inputs(kInputs * example.size);
  example.graph = quantization::quantize_model(
                      float_graph, quantization::inputs_from(example.inputs, example.size))
                      .quantized.graph;
  return example;
}

void make(const Path& folder) {
  const Example example = make_example(test::tutorial_specification(12, 2, "units = 10"));
  Bytes expected;
  graph::Executor executor(example.graph);
  for (size_t i = 0; i < kInputs; ++i) {
    executor.reset();
    executor.set_input(
        0, std::span<const float>(example.inputs).subspan(i * example.size, example.size));
    executor.invoke();
    const auto output = executor.output(0);
    expected.insert(expected.end(), output.begin(), output.end());
  }
  example.write(folder, "model.tflite", "", expected);
}

void answer(const Path& model, const Path& folder) {
  const graph::Graph graph = graph::read_tflite(model);
  graph::Executor executor(graph);
  const auto size =
      static_cast<size_t>(graph.tensors.at(static_cast<size_t>(graph.inputs.at(0))).elements());
  const std::vector<float> values = random_inputs(size);
  Bytes input(size * sizeof(float));
  std::memcpy(input.data(), values.data(), input.size());
  executor.reset();
  executor.set_input(0, std::span<const float>(values));
  executor.invoke();
  const auto output = executor.output(0);
  write_file(folder / "input.bin", input);
  write_file(folder / "expected.bin", Bytes(output.begin(), output.end()));
}

// The same network with causal convolutions, and what it answers frame by frame.
void make_stream(const Path& folder) {
  const Example example = make_example(test::tutorial_specification(12, 2, "units = 10", "causal"));
  Bytes expected;
  graph::StreamExecutor stream(example.graph);
  const size_t frame = example.size / 40;
  for (size_t at = 0; at < example.inputs.size(); at += frame) {
    if (!stream.step(std::span<const float>(example.inputs).subspan(at, frame))) continue;
    const auto output = stream.output(0);
    expected.insert(expected.end(), output.begin(), output.end());
  }
  example.write(folder, "stream.tflite", "stream_", expected);
}

// Silence, a high tone, silence, a low tone, silence, both.
audio::Clip tones() {
  audio::Clip clip = test::silence(0.5);
  test::append(clip, test::tone(5000.0, 0.15));
  test::append(clip, test::silence(0.8));
  test::append(clip, test::tone(300.0, 0.15));
  test::append(clip, test::silence(0.6));
  test::append(clip, test::tone(4000.0, 0.2));
  test::append(clip, test::tone(400.0, 0.2));
  return clip;
}

void make_listeners(const Path& folder) {
  test::write_tiny_model(folder / "tones_float.tflite");
  const graph::Graph float_graph = test::tiny_graph();
  const size_t size = quantization::input_size(float_graph);
  // As loud in one half of the channels, or the other, or neither, as tones are.
  std::vector<float> inputs = random_inputs(kInputs * size);
  for (size_t i = 0; i < inputs.size(); ++i) {
    const bool upper = i % test::kTinyChannels >= test::kTinyChannels / 2;
    const size_t example = i / size;
    inputs[i] += example == 0   ? (upper ? 1.0F : -1.0F)
                 : example == 1 ? (upper ? -1.0F : 1.0F)
                                : 0.0F;
  }
  graph::Graph graph =
      quantization::quantize_model(float_graph, quantization::inputs_from(inputs, size))
          .quantized.graph;
  graph::store_parameters(graph, test::tiny_parameters());
  graph::write_tflite(folder / "tones_int8.tflite", graph);
  audio::write_audio(folder / "tones.wav", tones());
}

}  // namespace
}  // namespace stapes

int main(int argc, char** argv) {
  if (argc == 3) {
    stapes::answer(argv[2], argv[1]);
    return 0;
  }
  if (argc != 2) return 2;
  stapes::make(argv[1]);
  stapes::make_stream(argv[1]);
  stapes::make_listeners(argv[1]);
  return 0;
}
