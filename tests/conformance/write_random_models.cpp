#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <new>
#include <stdexcept>

#include "device/graph/interpreter.h"
#include "tests/conformance/random_models.h"
#include "toolkit/graph/tflite_file.h"

// write_random_models FOLDER COUNT SEED [KIND]: for each model three files, NNNNN_<kind>.tflite,
// .inputs and .outputs: the values of all inputs and outputs of kInvocations invocations in a row,
// as Stapes computes them: the state is carried on, and reset before the last.
// random_models_test.py compares them with TensorFlow Lite Micro's; with KIND, only that one is
// written.
namespace {

using namespace stapes;

constexpr int kInvocations = 4;

struct ArenaDeleter {
  void operator()(uint8_t* memory) const {
    operator delete[](memory, std::align_val_t(kArenaAlignment));
  }
};

std::unique_ptr<uint8_t[], ArenaDeleter> aligned(size_t bytes) {
  return std::unique_ptr<uint8_t[], ArenaDeleter>(new (std::align_val_t(kArenaAlignment))
                                                      uint8_t[bytes]);
}

void check(const Status& status) {
  if (status.ok()) return;
  throw std::runtime_error(fmt::format("{} (operator {}, tensor {})", status.message,
                                       status.operator_index, status.tensor_index));
}

Bytes run(const Bytes& model, const Bytes& inputs) {
  const size_t bound = Interpreter::workspace_bound(model.size());
  const auto workspace = aligned(bound);
  size_t bytes = 0;
  check(Interpreter::required_arena(model.data(), model.size(), all_operators(), {},
                                    workspace.get(), bound, &bytes));
  const auto arena = aligned(bytes);
  Interpreter interpreter;
  check(interpreter.initialize(model.data(), model.size(), arena.get(), bytes, all_operators()));
  Bytes outputs;
  const uint8_t* from = inputs.data();
  for (int i = 0; i < kInvocations; ++i) {
    for (int32_t k = 0; k < interpreter.inputs(); ++k) {
      const TensorView input = interpreter.input(k);
      std::memcpy(input.data, from, input.bytes);
      from += input.bytes;
    }
    if (i == kInvocations - 1) interpreter.reset();
    check(interpreter.invoke());
    for (int32_t k = 0; k < interpreter.outputs(); ++k) {
      const TensorView output = interpreter.output(k);
      const auto* data = static_cast<const uint8_t*>(output.data);
      outputs.insert(outputs.end(), data, data + output.bytes);
    }
  }
  return outputs;
}

// Without the flush to the disk that write_file() makes: these files live for a minute.
void write_quickly(const std::string& path, const Bytes& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

void write_one(const Path& folder, int number, uint64_t seed,
               const std::vector<std::string>& kinds) {
  const std::string& kind = kinds[static_cast<size_t>(number) % kinds.size()];
  Random random(seed, Purpose::kTest, 0, static_cast<uint64_t>(number));
  const graph::Graph graph = conformance::random_model(kind, random);
  Bytes inputs;
  for (int i = 0; i < kInvocations; ++i) {
    const Bytes more = conformance::random_inputs(graph, random);
    inputs.insert(inputs.end(), more.begin(), more.end());
  }
  const Bytes model = graph::serialize_tflite(graph);
  const Path stem = folder / fmt::format("{:05}_{}", number, kind);
  write_quickly(stem.string() + ".tflite", model);
  write_quickly(stem.string() + ".inputs", inputs);
  try {
    write_quickly(stem.string() + ".outputs", run(model, inputs));
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}\n", stem.string(), error.what());
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4 && argc != 5) {
    fmt::print(stderr, "usage: write_random_models FOLDER COUNT SEED [KIND]\n");
    return 2;
  }
  const int count = std::atoi(argv[2]);
  const auto seed = static_cast<uint64_t>(std::atoll(argv[3]));
  std::vector<std::string> kinds;
  for (const std::string& kind : conformance::model_kinds()) {
    if (argc == 5 ? kind == argv[4] : conformance::compared_together(kind)) kinds.push_back(kind);
  }
  if (kinds.empty()) {
    fmt::print(stderr, "error: there is no such kind of model\n");
    return 2;
  }
  for (int i = 0; i < count; ++i) write_one(argv[1], i, seed, kinds);
  return 0;
}
