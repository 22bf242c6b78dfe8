#include "toolkit/finetuning/model.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <map>

#include "toolkit/finetuning/graph_operators.h"
#include "toolkit/finetuning/integer_pass.h"
#include "toolkit/finetuning/straight_through.h"
#include "toolkit/training/single_thread.h"

namespace stapes::finetuning {
namespace {

using Entry = training::ParameterLayout::Entry;

at::Tensor view(std::span<const float> values, std::vector<int64_t> shape) {
  // from_blob wants a pointer to non-const; nothing writes through it.
  return at::from_blob(const_cast<float*>(values.data()), shape, at::kFloat);
}

// Constants that the int8 model stores as int8 or int32, dequantized, by tensor of the float graph.
std::map<int32_t, std::vector<float>> stored_constants(
    const graph::Graph& float_graph, const quantization::QuantizedGraph& quantized) {
  std::map<int32_t, std::vector<float>> result;
  for (size_t i = 0; i < quantized.graph.operators.size(); ++i) {
    if (quantized.source_operators[i] < 0) continue;
    const graph::Operator& op = quantized.graph.operators[i];
    const graph::Operator& original =
        float_graph.operators[static_cast<size_t>(quantized.source_operators[i])];
    for (size_t k = 0; k < std::min(op.inputs.size(), original.inputs.size()); ++k) {
      if (op.inputs[k] < 0 || original.inputs[k] < 0) continue;
      const graph::Tensor& tensor = quantized.graph.tensors[static_cast<size_t>(op.inputs[k])];
      const graph::Tensor& source = float_graph.tensors[static_cast<size_t>(original.inputs[k])];
      if (!tensor.is_constant() || source.type != TensorType::kFloat32 ||
          tensor.type == TensorType::kFloat32) {
        continue;
      }
      result[original.inputs[k]] = graph::dequantize(tensor, tensor.data);
    }
  }
  return result;
}

// One pass through the float graph; with an integer pass, every tensor that the int8 model stores
// has the value that it has there.
class Pass {
 public:
  // `parameters` may need a gradient; `ranges` [number, 2], undefined without integer pass.
  Pass(const Student& student, std::span<const float> parameters, bool trains)
      : student_(student), parameters_(parameters) {
    for (const Entry& entry : student.layout().entries()) {
      at::Tensor leaf = view(parameters.subspan(entry.offset, entry.size), entry.shape);
      if (trains) leaf.requires_grad_();
      leaves.push_back(std::move(leaf));
    }
  }

  at::Tensor logits(std::span<const float> features, size_t count,
                    const quantization::QuantizedGraph* quantized) {
    count_ = static_cast<int64_t>(count);
    const graph::Graph& graph = student_.graph();
    std::optional<IntegerPass> integers;
    std::map<int32_t, std::vector<float>> constants;
    if (quantized != nullptr) {
      integers.emplace(graph, *quantized);
      integers->run(features, count);
      stored_ = &integers->stored();
      constants = stored_constants(graph, *quantized);
      find_ranges();
    }
    values_.assign(graph.tensors.size(), {});
    for (size_t t = 0; t < graph.tensors.size(); ++t) set_constant(t, constants);
    const auto input = static_cast<size_t>(graph.inputs.at(0));
    std::vector<int64_t> shape(graph.tensors[input].shape.begin(),
                               graph.tensors[input].shape.end());
    shape.at(0) = count_;
    set(input, view(features, shape));
    const auto wanted = static_cast<size_t>(student_.logits_tensor());
    for (size_t i = 0; i + 1 < graph.operators.size() && !values_[wanted].defined(); ++i) {
      run_operator(i);
    }
    return values_[wanted].reshape({count_, -1});
  }

  std::vector<at::Tensor> leaves;

 private:
  void find_ranges() {
    const at::Tensor exponents = leaves.back();
    std::vector<float> now;
    for (size_t r = 0; r < student_.ranges(); ++r) {
      const quantization::ValueRange range = student_.range(parameters_, r);
      now.push_back(range.low);
      now.push_back(range.high);
    }
    // low = initial * exp(speed * p): its derivative is speed * low.
    const at::Tensor values = view(now, exponents.sizes().vec()).clone();
    ranges_ = values + (exponents - exponents.detach()) * values * student_.range_speed();
  }

  void set_constant(size_t tensor, const std::map<int32_t, std::vector<float>>& constants) {
    const graph::Tensor& source = student_.graph().tensors[tensor];
    if (!source.is_constant() || source.type != TensorType::kFloat32) return;
    const int32_t entry = student_.weight_entry(static_cast<int32_t>(tensor));
    at::Tensor value;
    if (entry >= 0) {
      value = leaves[static_cast<size_t>(entry)];
    } else {
      const std::vector<float> lone = graph::dequantize(source, source.data);
      value = view(lone, {source.shape.begin(), source.shape.end()}).clone();
    }
    if (const auto found = constants.find(static_cast<int32_t>(tensor)); found != constants.end()) {
      value = straight_through(value, view(found->second, value.sizes().vec()).clone());
    }
    values_[tensor] = value;
  }

  void set(size_t tensor, const at::Tensor& value) {
    values_[tensor] = value;
    if (stored_ == nullptr || (*stored_)[tensor].values.empty()) return;
    const IntegerPass::Stored& stored = (*stored_)[tensor];
    const at::Tensor integers =
        at::from_blob(const_cast<int8_t*>(stored.values.data()), value.sizes(), at::kChar);
    const int32_t range = student_.range_of(static_cast<int32_t>(tensor));
    at::Tensor low;
    at::Tensor high;
    if (range >= 0) {
      low = ranges_[range][0];
      high = ranges_[range][1];
    }
    values_[tensor] = straight_through(value, integers, stored.affine, low, high);
  }

  void run_operator(size_t index) {
    const graph::Operator& op = student_.graph().operators[index];
    std::vector<at::Tensor> inputs;
    for (const int32_t input : op.inputs) {
      inputs.push_back(input < 0 ? at::Tensor() : values_[static_cast<size_t>(input)]);
    }
    set(static_cast<size_t>(op.outputs.at(0)),
        apply_operator(student_.graph(), index, inputs, count_));
  }

  const Student& student_;
  std::span<const float> parameters_;
  int64_t count_ = 0;
  const std::vector<IntegerPass::Stored>* stored_ = nullptr;
  at::Tensor ranges_;
  std::vector<at::Tensor> values_;  // by tensor of the graph
};

}  // namespace

Model::Model(const Student& student)
    : student_(student), float_parameters_(student.initial_parameters()) {}

Sums Model::gradient(std::span<const float> parameters,
                     const quantization::QuantizedGraph& quantized, const Examples& examples,
                     std::span<float> gradient) const {
  training::compute_on_this_thread_alone();
  const auto count = static_cast<int64_t>(examples.labels.size());
  at::Tensor teacher;
  {
    const at::NoGradGuard no_gradient;
    Pass pass(student_, float_parameters_, false);
    teacher = at::log_softmax(pass.logits(examples.features, examples.labels.size(), nullptr), 1);
  }
  Pass pass(student_, parameters, true);
  const at::Tensor logits = pass.logits(examples.features, examples.labels.size(), &quantized);
  const at::Tensor scores = at::log_softmax(logits, 1);
  at::Tensor loss = (1.0F - examples.label_weight) * (teacher.exp() * (teacher - scores)).sum();
  if (examples.label_weight > 0) {
    const at::Tensor labels =
        at::from_blob(const_cast<int32_t*>(examples.labels.data()), {count}, at::kInt)
            .to(at::kLong);
    const at::Tensor right = scores.gather(1, labels.unsqueeze(1)).squeeze(1);
    loss = loss - examples.label_weight * (right * view(examples.weights, {count})).sum();
  }
  loss = loss / static_cast<double>(examples.batch_size);
  const std::vector<at::Tensor> gradients =
      torch::autograd::grad({loss}, pass.leaves, {}, c10::nullopt, false, /*allow_unused=*/true);

  const at::NoGradGuard no_gradient;
  std::fill(gradient.begin(), gradient.end(), 0.0F);
  for (size_t i = 0; i < gradients.size(); ++i) {
    if (!gradients[i].defined()) continue;
    const Entry& entry = student_.layout().entries()[i];
    at::from_blob(gradient.data() + entry.offset, entry.shape, at::kFloat)
        .copy_(gradients[i].reshape(entry.shape));
  }
  return {loss.item<double>(), logits.argmax(1).eq(teacher.argmax(1)).sum().item<int64_t>()};
}

std::vector<float> Model::logits(std::span<const float> parameters,
                                 const quantization::QuantizedGraph& quantized,
                                 std::span<const float> features, size_t count) const {
  training::compute_on_this_thread_alone();
  const at::NoGradGuard no_gradient;
  Pass pass(student_, parameters, false);
  const at::Tensor logits = pass.logits(features, count, &quantized).contiguous();
  const float* data = logits.data_ptr<float>();
  return {data, data + logits.numel()};
}

}  // namespace stapes::finetuning
