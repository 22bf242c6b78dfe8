#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "toolkit/base/error.h"
#include "toolkit/graph/operator_options.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes::graph {
namespace {

using flatbuffers::Offset;

// The reader's limits hold for what we write, too: what a program made is checked by reading it.
class Writer {
 public:
  explicit Writer(const Graph& graph) : graph_(graph) {}

  Bytes write() {
    buffers_.push_back(format::CreateBuffer(builder_));  // buffer 0 is empty by definition
    const auto tensors = write_tensors();
    const auto operators = write_operators();
    const auto metadata = write_metadata();
    const auto inputs = builder_.CreateVector(graph_.inputs);
    const auto outputs = builder_.CreateVector(graph_.outputs);
    const auto name = builder_.CreateString("main");
    const auto subgraph =
        format::CreateSubGraph(builder_, tensors, inputs, outputs, operators, name);
    const auto subgraphs = builder_.CreateVector(&subgraph, 1);
    const auto codes = builder_.CreateVector(codes_);
    const auto description = builder_.CreateString(graph_.description);
    const auto buffers = builder_.CreateVector(buffers_);
    builder_.Finish(
        format::CreateModel(builder_, 3, codes, subgraphs, description, buffers, 0, metadata),
        format::ModelIdentifier());
    return {builder_.GetBufferPointer(), builder_.GetBufferPointer() + builder_.GetSize()};
  }

 private:
  // Equal constants share a buffer: layer norms repeat their axes and shapes many times.
  uint32_t add_buffer(const Bytes& data) {
    if (data.empty()) return 0;
    const auto [place, is_new] = places_.try_emplace(data, static_cast<uint32_t>(buffers_.size()));
    if (is_new) {
      builder_.ForceVectorAlignment(data.size(), 1, 16);
      buffers_.push_back(format::CreateBuffer(builder_, builder_.CreateVector(data)));
    }
    return place->second;
  }

  // A weight tensor has as many zeros as channels, 8 bytes each: equal ones share a vector.
  Offset<flatbuffers::Vector<int64_t>> add_zero_points(const std::vector<int64_t>& values) {
    const auto [place, is_new] = zero_points_.try_emplace(values);
    if (is_new) place->second = builder_.CreateVector(values);
    return place->second;
  }

  Offset<flatbuffers::Vector<Offset<format::Tensor>>> write_tensors() {
    std::vector<Offset<format::Tensor>> tensors;
    for (const Tensor& tensor : graph_.tensors) {
      const uint32_t buffer = add_buffer(tensor.data);
      Offset<format::QuantizationParameters> quantization;
      const Quantization& q = tensor.quantization;
      if (!q.scale.empty()) {
        const auto scale = builder_.CreateVector(q.scale);
        const auto zero_point = add_zero_points(q.zero_point);
        quantization = format::CreateQuantizationParameters(builder_, 0, 0, scale, zero_point, 0, 0,
                                                            q.quantized_dimension);
      }
      const auto name = builder_.CreateString(tensor.name);
      const auto shape = builder_.CreateVector(tensor.shape);
      tensors.push_back(format::CreateTensor(builder_, shape, static_cast<int8_t>(tensor.type),
                                             buffer, name, quantization, tensor.is_variable));
    }
    return builder_.CreateVector(tensors);
  }

  uint32_t add_code(const Operator& op) {
    const auto key = std::make_tuple(op.code, op.version, op.custom_code);
    const auto [place, is_new] =
        code_places_.try_emplace(key, static_cast<uint32_t>(codes_.size()));
    if (is_new) {
      const bool is_extension = op.code == OperatorCode::kExtendedLstm;
      const auto number = static_cast<int32_t>(is_extension ? OperatorCode::kCustom : op.code);
      const std::string custom_code = is_extension ? kExtendedLstmName : op.custom_code;
      Offset<flatbuffers::String> custom;
      if (!custom_code.empty()) custom = builder_.CreateString(custom_code);
      codes_.push_back(format::CreateOperatorCode(
          builder_, static_cast<int8_t>(std::min(number, 127)), custom, op.version, number));
    }
    return place->second;
  }

  Offset<flatbuffers::Vector<Offset<format::Operator>>> write_operators() {
    std::vector<Offset<format::Operator>> operators;
    for (const Operator& op : graph_.operators) {
      if (std::string(name_of(op.code)) == "UNKNOWN") {
        throw Error("cannot write model", fmt::format("operator {}", operators.size()),
                    fmt::format("{} is not known, and its options would be lost", op.name()));
      }
      const uint32_t code = add_code(op);
      const StoredOptions options = write_options(builder_, op, graph_);
      const auto inputs = builder_.CreateVector(op.inputs);
      const auto outputs = builder_.CreateVector(op.outputs);
      Offset<flatbuffers::Vector<uint8_t>> custom_options;
      if (!op.custom_options.empty()) custom_options = builder_.CreateVector(op.custom_options);
      Offset<flatbuffers::Vector<int32_t>> intermediates;
      if (!op.intermediates.empty()) intermediates = builder_.CreateVector(op.intermediates);
      operators.push_back(format::CreateOperator(builder_, code, inputs, outputs, options.tag,
                                                 options.table, custom_options, 0, 0,
                                                 intermediates));
    }
    return builder_.CreateVector(operators);
  }

  Offset<flatbuffers::Vector<Offset<format::Metadata>>> write_metadata() {
    std::vector<Offset<format::Metadata>> entries;
    for (const auto& [key, data] : graph_.metadata) {
      const uint32_t buffer = add_buffer(data);
      entries.push_back(format::CreateMetadata(builder_, builder_.CreateString(key), buffer));
    }
    if (entries.empty()) return 0;
    return builder_.CreateVector(entries);
  }

  const Graph& graph_;
  flatbuffers::FlatBufferBuilder builder_;
  std::vector<Offset<format::Buffer>> buffers_;
  std::map<Bytes, uint32_t> places_;
  std::map<std::vector<int64_t>, Offset<flatbuffers::Vector<int64_t>>> zero_points_;
  std::vector<Offset<format::OperatorCode>> codes_;
  std::map<std::tuple<OperatorCode, int32_t, std::string>, uint32_t> code_places_;
};

}  // namespace

Bytes serialize_tflite(const Graph& graph) {
  for (const Operator& op : graph.operators) {
    for (const auto* list : {&op.inputs, &op.outputs, &op.intermediates}) {
      for (const int32_t index : *list) {
        if (index >= static_cast<int32_t>(graph.tensors.size())) {
          throw Error("cannot write model", op.name(),
                      fmt::format("it names tensor {}, which does not exist", index));
        }
      }
    }
  }
  return Writer(graph).write();
}

}  // namespace stapes::graph
