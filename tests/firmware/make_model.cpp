// make_model FOLDER: writes a small trained-looking int8 model of the tutorial's kind (TENet, layer
// norm, LSTM), some inputs, and the bytes that the interpreter on this computer answers:
// model.tflite, input.bin, expected.bin. The test on the boards compares against them.
#include <cmath>
#include <cstring>
#include <vector>

#include "toolkit/base/philox.h"
#include "toolkit/graph/executor.h"
#include "toolkit/graph/tflite_file.h"
#include "toolkit/network/network.h"
#include "toolkit/quantization/quantize_model.h"
#include "toolkit/specification/specification.h"

namespace stapes {
namespace {

constexpr const char* kSpecification = R"(
[classes]
keywords = ["a", "b", "c"]
[[network.layers]]
type = "tenet"
channels = 12
blocks = 2
block_depth = 2
[[network.layers]]
type = "sequence"
[[network.layers]]
type = "layer_norm"
[[network.layers]]
type = "lstm"
units = 10
[[network.layers]]
type = "layer_norm"
[[network.layers]]
type = "last_step"
[[network.layers]]
type = "dense"
[[network.layers]]
type = "softmax"
)";

constexpr size_t kInputs = 4;

std::vector<float> random_inputs(size_t values) {
  Random random(1, Purpose::kTest);
  std::vector<float> inputs(values);
  for (float& value : inputs) value = static_cast<float>(random.normal());
  return inputs;
}

void make(const Path& folder) {
  const Specification specification = parse_specification(kSpecification, "boards");
  const network::Network network = network::expand(specification.network, {40, 1, 12}, 4);
  const graph::Graph float_graph = network::lower(network, network::initialize(network, 1));
  const size_t size = quantization::input_size(float_graph);
  const std::vector<float> inputs = random_inputs(kInputs * size);
  const graph::Graph graph =
      quantization::quantize_model(float_graph, quantization::inputs_from(inputs, size))
          .quantized.graph;

  Bytes input(inputs.size() * sizeof(float));
  std::memcpy(input.data(), inputs.data(), input.size());
  Bytes expected;
  graph::Executor executor(graph);
  for (size_t i = 0; i < kInputs; ++i) {
    executor.reset();
    executor.set_input(0, std::span<const float>(inputs).subspan(i * size, size));
    executor.invoke();
    const auto output = executor.output(0);
    expected.insert(expected.end(), output.begin(), output.end());
  }
  graph::write_tflite(folder / "model.tflite", graph);
  write_file(folder / "input.bin", input);
  write_file(folder / "expected.bin", expected);
}

}  // namespace
}  // namespace stapes

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  stapes::make(argv[1]);
  return 0;
}
