#include "toolkit/quantization/weight_input_observer.h"

#include <algorithm>
#include <cstdint>
#include <span>

namespace stapes::quantization {
namespace {

std::span<const float> floats_of(const graph::Executor& executor, int32_t tensor) {
  const std::span<const uint8_t> bytes = executor.tensor(tensor);
  return {reinterpret_cast<const float*>(bytes.data()), bytes.size() / sizeof(float)};
}

size_t dimension(const graph::Tensor& tensor, size_t which) {
  return static_cast<size_t>(tensor.shape.at(which));
}

class FullyConnectedObserver : public WeightInputObserver {
 public:
  FullyConnectedObserver(const graph::Graph& graph, const graph::Operator& op)
      : input_(op.inputs[0]),
        size_(dimension(graph.tensors[static_cast<size_t>(op.inputs[1])], 1)) {}

  std::vector<Moments> nothing() const override { return {Moments(size_)}; }
  void observe(const graph::Executor& executor, std::vector<Moments>& moments) override {
    const std::span<const float> values = floats_of(executor, input_);
    for (size_t row = 0; row + size_ <= values.size(); row += size_) {
      moments[0].add(values.subspan(row, size_));
    }
  }

 private:
  int32_t input_;
  size_t size_;
};

// Of the places where a convolution is applied, evenly spread ones: neighbours are nearly alike,
// and a few of each of hundreds of inputs tell enough.
constexpr int32_t kPlaces = 8;

class ConvolutionObserver : public WeightInputObserver {
 public:
  ConvolutionObserver(const graph::Graph& graph, const graph::Operator& op)
      : input_(op.inputs[0]), depthwise_(op.code == OperatorCode::kDepthwiseConv2D) {
    const graph::Tensor& input = graph.tensors[static_cast<size_t>(op.inputs[0])];
    const graph::Tensor& filter = graph.tensors[static_cast<size_t>(op.inputs[1])];
    const graph::Tensor& output = graph.tensors[static_cast<size_t>(op.outputs[0])];
    batches_ = input.shape.at(0);
    channels_ = input.shape.at(3);
    const graph::Options& options = op.options;
    rows_ = axis(input, filter, output, 1, options.stride_height, options.dilation_height,
                 options.padding);
    columns_ = axis(input, filter, output, 2, options.stride_width, options.dilation_width,
                    options.padding);
    const size_t taps = static_cast<size_t>(rows_.filter) * static_cast<size_t>(columns_.filter);
    patch_.resize(taps * (depthwise_ ? 1 : static_cast<size_t>(channels_)));
  }

  std::vector<Moments> nothing() const override {
    return std::vector<Moments>(depthwise_ ? static_cast<size_t>(channels_) : 1,
                                Moments(patch_.size()));
  }

  void observe(const graph::Executor& executor, std::vector<Moments>& moments) override {
    const std::span<const float> values = floats_of(executor, input_);
    const int32_t groups = depthwise_ ? channels_ : 1;
    const int32_t places = batches_ * rows_.output * columns_.output;
    const int32_t step = (places + kPlaces - 1) / kPlaces;
    for (int32_t place = step / 2; place < places; place += step) {
      const int32_t column = place % columns_.output;
      const int32_t row = place / columns_.output % rows_.output;
      const int32_t batch = place / columns_.output / rows_.output;
      for (int32_t group = 0; group < groups; ++group) {
        cut(values, batch, row, column, group);
        moments[static_cast<size_t>(group)].add(patch_);
      }
    }
  }

 private:
  struct Axis {
    int32_t input = 0;
    int32_t filter = 0;
    int32_t output = 0;
    int32_t stride = 1;
    int32_t dilation = 1;
    int32_t padding = 0;  // before the first
  };

  static Axis axis(const graph::Tensor& input, const graph::Tensor& filter,
                   const graph::Tensor& output, size_t which, int32_t stride, int32_t dilation,
                   Padding padding) {
    Axis result{
        input.shape.at(which), filter.shape.at(which), output.shape.at(which), stride, dilation, 0};
    const int32_t reach = (result.output - 1) * stride + (result.filter - 1) * dilation + 1;
    if (padding == Padding::kSame) result.padding = std::max(0, reach - result.input) / 2;
    return result;
  }

  // The patch under the filter; zeros beyond the borders.
  void cut(std::span<const float> values, int32_t batch, int32_t row, int32_t column,
           int32_t group) {
    const size_t each = depthwise_ ? 1 : static_cast<size_t>(channels_);
    size_t to = 0;
    for (int32_t r = 0; r < rows_.filter; ++r) {
      const int32_t y = row * rows_.stride - rows_.padding + r * rows_.dilation;
      for (int32_t c = 0; c < columns_.filter; ++c, to += each) {
        const int32_t x = column * columns_.stride - columns_.padding + c * columns_.dilation;
        if (y < 0 || y >= rows_.input || x < 0 || x >= columns_.input) {
          for (size_t i = 0; i < each; ++i) patch_[to + i] = 0.0F;
          continue;
        }
        const int64_t pixel = (int64_t{batch} * rows_.input + y) * columns_.input + x;
        const float* from = &values[static_cast<size_t>(pixel * channels_ + group)];
        for (size_t i = 0; i < each; ++i) patch_[to + i] = from[i];
      }
    }
  }

  int32_t input_;
  bool depthwise_;
  int32_t batches_ = 0;
  int32_t channels_ = 0;
  Axis rows_;
  Axis columns_;
  std::vector<float> patch_;
};

class LstmObserver : public WeightInputObserver {
 public:
  LstmObserver(const graph::Graph& graph, const graph::Operator& op)
      : input_(op.inputs[graph::lstm::kInput]),
        output_(op.outputs[0]),
        time_major_(op.options.time_major) {
    const graph::Tensor& input = graph.tensors[static_cast<size_t>(input_)];
    batches_ = dimension(input, time_major_ ? 1 : 0);
    steps_ = dimension(input, time_major_ ? 0 : 1);
    features_ = dimension(input, 2);
    units_ =
        dimension(graph.tensors[static_cast<size_t>(op.inputs[graph::lstm::kRecurrentWeights])], 1);
    reset();
  }

  std::vector<Moments> nothing() const override { return {Moments(features_ + units_)}; }
  void reset() override { hidden_.assign(batches_ * units_, 0.0F); }

  // What the operator gives out is its hidden state.
  void observe(const graph::Executor& executor, std::vector<Moments>& moments) override {
    const std::span<const float> input = floats_of(executor, input_);
    const std::span<const float> output = floats_of(executor, output_);
    std::vector<float> joined(features_ + units_);
    for (size_t t = 0; t < steps_; ++t) {
      for (size_t b = 0; b < batches_; ++b) {
        const size_t row = time_major_ ? t * batches_ + b : b * steps_ + t;
        const std::span<float> hidden = std::span(hidden_).subspan(b * units_, units_);
        const auto x = input.subspan(row * features_, features_);
        std::copy(x.begin(), x.end(), joined.begin());
        std::copy(hidden.begin(), hidden.end(),
                  joined.begin() + static_cast<std::ptrdiff_t>(features_));
        moments[0].add(joined);
        const auto h = output.subspan(row * units_, units_);
        std::copy(h.begin(), h.end(), hidden.begin());
      }
    }
  }

 private:
  int32_t input_;
  int32_t output_;
  bool time_major_;
  size_t batches_;
  size_t steps_;
  size_t features_;
  size_t units_;
  std::vector<float> hidden_;  // [batch, units]
};

bool is_float_constant(const graph::Graph& graph, const graph::Operator& op, size_t input) {
  if (input >= op.inputs.size() || op.inputs[input] < 0) return false;
  const graph::Tensor& tensor = graph.tensors[static_cast<size_t>(op.inputs[input])];
  return tensor.is_constant() && tensor.type == TensorType::kFloat32;
}

}  // namespace

std::unique_ptr<WeightInputObserver> weight_input_observer(const graph::Graph& graph,
                                                           const graph::Operator& op) {
  if (op.inputs.size() < 2 || !is_float_constant(graph, op, 1)) return nullptr;
  const graph::Tensor& input = graph.tensors[static_cast<size_t>(op.inputs[0])];
  if (input.is_constant() || input.type != TensorType::kFloat32) return nullptr;
  switch (op.code) {
    case OperatorCode::kFullyConnected:
      return std::make_unique<FullyConnectedObserver>(graph, op);
    case OperatorCode::kConv2D: {
      const graph::Tensor& filter = graph.tensors[static_cast<size_t>(op.inputs[1])];
      if (filter.shape.at(3) != input.shape.at(3)) return nullptr;  // in groups
      return std::make_unique<ConvolutionObserver>(graph, op);
    }
    case OperatorCode::kDepthwiseConv2D:
      return std::make_unique<ConvolutionObserver>(graph, op);
    case OperatorCode::kUnidirectionalSequenceLstm:
      return std::make_unique<LstmObserver>(graph, op);
    default:
      return nullptr;
  }
}

}  // namespace stapes::quantization
