#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "toolkit/base/error.h"
#include "toolkit/graph/operator_options.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes::graph {
namespace {

// Tensors above this are surely mistakes: nothing for a microcontroller comes near.
constexpr int64_t kLargestTensorBytes = int64_t{1} << 30;

template <typename T>
std::vector<T> copy(const flatbuffers::Vector<T>* values) {
  return values == nullptr ? std::vector<T>() : std::vector<T>(values->begin(), values->end());
}

std::string copy(const flatbuffers::String* text) { return text == nullptr ? "" : text->str(); }

class Reader {
 public:
  Reader(const Bytes& bytes, std::string name) : bytes_(bytes), name_(std::move(name)) {}

  Graph read() {
    check_container();
    const format::Model& model = *format::GetModel(bytes_.data());
    if (model.version() != 3) {
      fail(fmt::format("its format version is {}, not 3", model.version()));
    }
    if (model.subgraphs() == nullptr || model.subgraphs()->size() != 1) {
      fail("it does not have exactly one graph");
    }
    model_ = &model;
    graph_.description = copy(model.description());
    read_metadata();
    const format::SubGraph& subgraph = *model.subgraphs()->Get(0);
    if (subgraph.tensors() != nullptr) {
      for (const format::Tensor* tensor : *subgraph.tensors()) read_tensor(*tensor);
    }
    graph_.inputs = copy(subgraph.inputs());
    graph_.outputs = copy(subgraph.outputs());
    check_indices(graph_.inputs, 0, "the model's inputs");
    check_indices(graph_.outputs, 0, "the model's outputs");
    if (subgraph.operators() != nullptr) {
      for (const format::Operator* op : *subgraph.operators()) read_operator(*op);
    }
    check_order();
    return std::move(graph_);
  }

 private:
  [[noreturn]] void fail(const std::string& why, const std::string& remedy = "") const {
    throw Error("cannot read model", name_, why, remedy);
  }

  void check_container() const {
    const std::string again = "copy or convert it again";
    if (bytes_.empty()) fail("it is empty", again);
    if (bytes_.size() < 8 || !format::ModelBufferHasIdentifier(bytes_.data())) {
      fail("it is not a .tflite file", "give a .tflite file or an .mltk.zip archive");
    }
    flatbuffers::Verifier verifier(bytes_.data(), bytes_.size());
    if (!format::VerifyModelBuffer(verifier)) fail("it is damaged or truncated", again);
  }

  // The bytes of a buffer; buffer 0 is the empty one.
  Bytes buffer(uint32_t index, const std::string& what) const {
    if (index == 0 && model_->buffers() == nullptr) return {};
    if (model_->buffers() == nullptr || index >= model_->buffers()->size()) {
      fail(fmt::format("{} is in buffer {}, which does not exist", what, index));
    }
    const format::Buffer& stored = *model_->buffers()->Get(index);
    if (stored.offset() > 1) fail(fmt::format("{} lies outside the flatbuffer", what));
    return copy(stored.data());
  }

  void read_metadata() {
    if (model_->metadata() == nullptr) return;
    for (const format::Metadata* entry : *model_->metadata()) {
      const std::string key = copy(entry->name());
      graph_.metadata[key] = buffer(entry->buffer(), "metadata " + key);
    }
  }

  void read_tensor(const format::Tensor& stored) {
    Tensor tensor;
    tensor.name = copy(stored.name());
    const std::string what = fmt::format("tensor {} ({})", graph_.tensors.size(), tensor.name);
    tensor.shape = copy(stored.shape());
    tensor.type = static_cast<TensorType>(stored.type());
    tensor.is_variable = stored.is_variable();
    if (std::string(name_of(tensor.type)) == "UNKNOWN") {
      fail(fmt::format("{} has type {}, which is not supported", what, stored.type()));
    }
    if (stored.sparsity() != nullptr) fail(what + " is sparse, which is not supported");
    const auto element = static_cast<int64_t>(std::max<size_t>(size_of(tensor.type), 1));
    int64_t size = element;
    for (const int32_t dimension : tensor.shape) {
      if (dimension < 0) {
        fail(fmt::format("{} has shape {}", what, shape_text(tensor.shape)),
             "convert it with fixed shapes");
      }
      if (dimension > 0 && size > kLargestTensorBytes / dimension) fail(what + " is too large");
      size *= dimension;
    }
    tensor.data = buffer(stored.buffer(), what);
    if (!tensor.data.empty() && size_of(tensor.type) != 0 &&
        tensor.data.size() != static_cast<size_t>(size)) {
      fail(fmt::format("{} has {} bytes of data, its shape {} of {} says {}", what,
                       tensor.data.size(), shape_text(tensor.shape), name_of(tensor.type), size));
    }
    if (!tensor.data.empty() && tensor.is_variable) fail(what + " is both variable and constant");
    if (stored.quantization() != nullptr) {
      read_quantization(*stored.quantization(), tensor, what);
    }
    graph_.tensors.push_back(std::move(tensor));
  }

  void read_quantization(const format::QuantizationParameters& stored, Tensor& tensor,
                         const std::string& what) const {
    Quantization& quantization = tensor.quantization;
    quantization.scale = copy(stored.scale());
    quantization.zero_point = copy(stored.zero_point());
    const size_t channels = quantization.scale.size();
    if (channels == 0) {  // only minimum and maximum, which we do not need
      quantization = {};
      return;
    }
    if (quantization.zero_point.empty()) quantization.zero_point.assign(channels, 0);
    if (quantization.zero_point.size() != channels) {
      fail(fmt::format("{} has {} scales and {} zero points", what, channels,
                       quantization.zero_point.size()));
    }
    for (size_t i = 0; i < channels; ++i) {
      if (!std::isfinite(quantization.scale[i]) || quantization.scale[i] < 0) {
        fail(fmt::format("{} has scale {}", what, quantization.scale[i]));
      }
      if (std::abs(quantization.zero_point[i]) > std::numeric_limits<int16_t>::max()) {
        fail(fmt::format("{} has zero point {}", what, quantization.zero_point[i]));
      }
    }
    if (channels == 1) return;
    quantization.quantized_dimension = stored.quantized_dimension();
    const auto dimension = static_cast<size_t>(quantization.quantized_dimension);
    if (dimension >= tensor.shape.size() ||
        tensor.shape[dimension] != static_cast<int32_t>(channels)) {
      fail(fmt::format("{} has {} scales along dimension {} of shape {}", what, channels,
                       quantization.quantized_dimension, shape_text(tensor.shape)));
    }
  }

  void check_indices(const std::vector<int32_t>& indices, int32_t lowest,
                     const std::string& what) const {
    for (const int32_t index : indices) {
      if (index < lowest || index >= static_cast<int32_t>(graph_.tensors.size())) {
        fail(fmt::format("{} name tensor {}, which does not exist", what, index));
      }
    }
  }

  void read_operator(const format::Operator& stored) {
    const std::string where = fmt::format("operator {}", graph_.operators.size());
    const auto* codes = model_->operator_codes();
    if (codes == nullptr || stored.code_index() >= codes->size()) {
      fail(fmt::format("{} has code {}, which does not exist", where, stored.code_index()));
    }
    const format::OperatorCode& code = *codes->Get(stored.code_index());
    Operator op;
    op.code = static_cast<OperatorCode>(
        std::max<int32_t>(code.builtin_code(), code.deprecated_builtin_code()));
    op.version = code.version();
    if (op.code == OperatorCode::kCustom && copy(code.custom_code()) == kExtendedLstmName) {
      op.code = OperatorCode::kExtendedLstm;
    } else if (op.code == OperatorCode::kCustom) {
      op.custom_code = copy(code.custom_code());
      op.custom_options = copy(stored.custom_options());
    }
    const std::string what = fmt::format("{} ({})", where, op.name());
    op.inputs = copy(stored.inputs());
    op.outputs = copy(stored.outputs());
    op.intermediates = copy(stored.intermediates());
    check_indices(op.inputs, -1, "the inputs of " + what);
    check_indices(op.outputs, 0, "the outputs of " + what);
    check_indices(op.intermediates, -1, "the intermediates of " + what);
    const std::string why = read_options(stored, op);
    if (!why.empty()) fail(fmt::format("{} cannot be used: {}", what, why));
    graph_.operators.push_back(std::move(op));
  }

  // Every value is computed once, before it is used.
  void check_order() const {
    std::vector<bool> ready(graph_.tensors.size());
    for (size_t i = 0; i < ready.size(); ++i) {
      const Tensor& tensor = graph_.tensors[i];
      ready[i] = tensor.is_constant() || tensor.is_variable || tensor.elements() == 0;
    }
    for (const int32_t input : graph_.inputs) ready[static_cast<size_t>(input)] = true;
    for (size_t i = 0; i < graph_.operators.size(); ++i) {
      const Operator& op = graph_.operators[i];
      const std::string what = fmt::format("operator {} ({})", i, op.name());
      for (const int32_t input : op.inputs) {
        if (input >= 0 && !ready[static_cast<size_t>(input)]) {
          fail(fmt::format("{} uses tensor {} before it is computed", what, input));
        }
      }
      for (const int32_t output : op.outputs) {
        const Tensor& tensor = graph_.tensors[static_cast<size_t>(output)];
        if (tensor.is_constant() || (ready[static_cast<size_t>(output)] && tensor.elements() > 0)) {
          fail(fmt::format("{} writes tensor {}, which has a value already", what, output));
        }
        ready[static_cast<size_t>(output)] = true;
      }
    }
    for (const int32_t output : graph_.outputs) {
      if (!ready[static_cast<size_t>(output)]) {
        fail(fmt::format("its output, tensor {}, is never computed", output));
      }
    }
  }

  const Bytes& bytes_;
  std::string name_;
  const format::Model* model_ = nullptr;
  Graph graph_;
};

}  // namespace

Graph parse_tflite(const Bytes& bytes, const std::string& name) {
  return Reader(bytes, name).read();
}

}  // namespace stapes::graph
