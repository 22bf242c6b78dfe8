#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>

#include "cli/commands.h"
#include "toolkit/base/error.h"
#include "toolkit/base/interrupt.h"
#include "toolkit/base/npy.h"
#include "toolkit/base/progress.h"
#include "toolkit/graph/executor.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes::cli {
namespace {

using graph::Tensor;

struct RunOptions {
  std::string model;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::string all_tensors;
  bool carry_state = false;
};

std::string npy_type(TensorType type) {
  switch (type) {
    case TensorType::kFloat32:
      return "f4";
    case TensorType::kInt8:
      return "i1";
    case TensorType::kUint8:
    case TensorType::kBool:
      return "u1";
    case TensorType::kInt16:
      return "i2";
    case TensorType::kInt32:
      return "i4";
    case TensorType::kInt64:
      return "i8";
    case TensorType::kFloat64:
      return "f8";
    default:
      return "";
  }
}

template <typename Integer>
std::string text_of(const std::vector<Integer>& shape) {
  return shape.empty() ? "scalar" : fmt::format("{}", fmt::join(shape, "x"));
}

// Dimensions of 1 do not matter: a spectrogram 98x40 is an input 1x98x1x40.
template <typename Integer>
std::vector<int64_t> without_ones(const std::vector<Integer>& shape) {
  std::vector<int64_t> kept(shape.begin(), shape.end());
  std::erase(kept, 1);
  return kept;
}

// An array that holds one input, or several behind each other along its first dimension.
struct Batch {
  Bytes bytes;  // in the type of the model's input
  size_t count = 1;
  bool has_batch_dimension = false;
};

Batch read_batch(const std::string& file, const Tensor& tensor) {
  const NpyArray array = read_npy(file);
  Batch batch;
  const std::vector<int64_t> wanted = without_ones(tensor.shape);
  if (without_ones(array.shape) != wanted) {
    const std::vector<int64_t> rest(array.shape.begin() + (array.shape.empty() ? 0 : 1),
                                    array.shape.end());
    if (array.shape.empty() || without_ones(rest) != wanted) {
      throw Error("cannot run model", file,
                  fmt::format("its shape {} is neither the model's input {} nor a batch of it",
                              text_of(array.shape), text_of(tensor.shape)));
    }
    batch.count = static_cast<size_t>(array.shape[0]);
    batch.has_batch_dimension = true;
    if (batch.count == 0) throw Error("cannot run model", file, "it is an empty batch");
  }
  if (array.type == npy_type(tensor.type)) {
    batch.bytes = array.data;
  } else if (array.type[0] == 'f') {
    batch.bytes = graph::quantize(tensor, array.to_float());
  } else {
    throw Error("cannot run model", file,
                fmt::format("its type {} is not that of the model's input, {}", array.type,
                            graph::name_of(tensor.type)),
                "give float32, or the input's own type");
  }
  return batch;
}

NpyArray to_array(const Tensor& tensor, std::span<const uint8_t> bytes) {
  return {npy_type(tensor.type),
          {tensor.shape.begin(), tensor.shape.end()},
          {bytes.begin(), bytes.end()}};
}

std::string sanitised(const std::string& name) {
  std::string result;
  for (const char c : name) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.';
    result += plain ? c : '_';
  }
  return result.substr(0, 100);
}

void write_tensors(const graph::Graph& model, const graph::Executor& executor, const Path& folder) {
  for (size_t i = 0; i < model.tensors.size(); ++i) {
    const Tensor& tensor = model.tensors[i];
    const auto bytes = executor.tensor(static_cast<int32_t>(i));
    if (bytes.empty() || npy_type(tensor.type).empty()) continue;
    write_npy(folder / fmt::format("t{}_{}.npy", i, sanitised(tensor.name)),
              to_array(tensor, bytes));
  }
}

std::vector<Batch> read_inputs(const RunOptions& options, const graph::Graph& model) {
  if (options.inputs.size() != model.inputs.size()) {
    throw UsageError(fmt::format("the model has {} inputs, and {} --input were given",
                                 model.inputs.size(), options.inputs.size()));
  }
  if (options.outputs.size() > model.outputs.size()) {
    throw UsageError(fmt::format("the model has {} outputs, and {} --output were given",
                                 model.outputs.size(), options.outputs.size()));
  }
  std::vector<Batch> batches;
  for (size_t i = 0; i < model.inputs.size(); ++i) {
    const auto tensor = static_cast<size_t>(model.inputs[i]);
    batches.push_back(read_batch(options.inputs[i], model.tensors[tensor]));
    if (batches[i].count != batches[0].count) {
      throw Error("cannot run model", options.inputs[i],
                  fmt::format("it holds {} inputs, {} holds {}", batches[i].count,
                              options.inputs[0], batches[0].count));
    }
  }
  return batches;
}

// Appends what every inference gives to `outputs`.
void run_all(graph::Executor& executor, const std::vector<Batch>& inputs, bool carry_state,
             std::vector<Bytes>& outputs) {
  const size_t count = inputs[0].count;
  std::optional<Progress> progress;
  if (count > 1) progress.emplace("running", count, "inferences");
  for (size_t n = 0; n < count; ++n) {
    if (interrupted()) throw Interrupted();
    if (!carry_state) executor.reset();
    for (size_t i = 0; i < inputs.size(); ++i) {
      const size_t size = inputs[i].bytes.size() / count;
      executor.set_input(i, std::span(inputs[i].bytes).subspan(n * size, size));
    }
    executor.invoke();
    for (size_t i = 0; i < outputs.size(); ++i) {
      const auto bytes = executor.output(i);
      outputs[i].insert(outputs[i].end(), bytes.begin(), bytes.end());
    }
    if (progress) progress->advance();
  }
}

void run_model(const RunOptions& options) {
  if (options.outputs.empty() && options.all_tensors.empty()) {
    throw UsageError("nothing to write; give --output Y.npy or --all-tensors DIR");
  }
  const graph::Graph model = graph::read_tflite(options.model);
  const std::vector<Batch> inputs = read_inputs(options, model);
  graph::Executor executor(model, options.all_tensors.empty() ? graph::Executor::Keep::kOutputs
                                                              : graph::Executor::Keep::kAllTensors);
  std::vector<Bytes> outputs(options.outputs.size());
  run_all(executor, inputs, options.carry_state, outputs);
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Tensor& tensor = model.tensors[static_cast<size_t>(model.outputs[i])];
    NpyArray array = to_array(tensor, outputs[i]);
    if (inputs[0].has_batch_dimension) {
      if (!array.shape.empty() && array.shape[0] == 1) array.shape.erase(array.shape.begin());
      array.shape.insert(array.shape.begin(), static_cast<int64_t>(inputs[0].count));
    }
    write_npy(options.outputs[i], array);
  }
  if (!options.all_tensors.empty()) write_tensors(model, executor, options.all_tensors);
}

}  // namespace

void add_run(Command& app) {
  auto options = std::make_shared<RunOptions>();
  Command command = app.add_command(
      "run", "Run a model on arrays: on one input, or on a batch, one inference for each.");
  command.add_option("model", options->model, "A .tflite file or an .mltk.zip archive").required();
  command
      .add_option("--input", options->inputs,
                  "A .npy file in the input's shape, or with a first dimension more; once for "
                  "each input of the model")
      .required()
      .type_name("X.npy");
  command
      .add_option("--output", options->outputs,
                  "Where to write the output; once for each output of the model")
      .type_name("Y.npy");
  command
      .add_option("--all-tensors", options->all_tensors,
                  "Write every tensor of the last inference into this folder")
      .type_name("DIR");
  command.add_flag("--carry-state", options->carry_state,
                   "Keep the LSTM's state from one input to the next, as in a stream; otherwise "
                   "it is reset before each");
  command.callback([options] { run_model(*options); });
}

}  // namespace stapes::cli
