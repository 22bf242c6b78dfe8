#include "device/streaming/timing.h"

namespace stapes {
namespace {

// Beyond these, a stream would wait for hours: the file is damaged.
constexpr int64_t kLongestPeriod = 1 << 20;
constexpr int64_t kLongestDelay = 1 << 24;

// An integer of a constant int32 tensor; `otherwise` where there is none.
int32_t constant_at(const TensorView& tensor, int32_t index, int32_t otherwise) {
  const bool readable = tensor.present() && tensor.is_constant &&
                        tensor.type == TensorType::kInt32 && index < tensor.shape.elements();
  return readable ? tensor.constant<int32_t>()[index] : otherwise;
}

// Goes through the operators in their order.
class TimingFinder {
 public:
  TimingFinder(const Model& model, RowTiming* timings) : model_(model), timings_(timings) {}

  Status run() {
    for (int32_t t = 0; t < model_.tensors(); ++t) timings_[t] = RowTiming();
    if (model_.inputs().size() != 1) {
      return Status::failure("a model that hears frame by frame has one input");
    }
    const int32_t input = model_.inputs()[0];
    const Shape shape = model_.tensor(input).shape;
    if (shape.rank < 3 || shape[0] != 1 || shape[kTimeAxis] < 2) {
      return Status::failure("the model's input isn't [1, frames, ...]", -1, input);
    }
    timings_[input].rows = shape[kTimeAxis];
    timings_[input].period = 1;
    for (int32_t i = 0; i < model_.operators(); ++i) {
      index_ = i;
      op_ = model_.operator_at(i);
      STAPES_RETURN_IF_ERROR(follow());
    }
    return Status::success();
  }

 private:
  Status failure(const char* message) const { return Status::failure(message, index_); }
  int32_t operand(int32_t i) const { return i < op_.inputs.size() ? op_.inputs[i] : -1; }
  TensorView tensor(int32_t i) const { return model_.tensor(operand(i)); }
  RowTiming& timing(int32_t i) { return timings_[operand(i)]; }
  TensorView output() const { return model_.tensor(op_.outputs[0]); }
  bool has_time(int32_t i) const { return operand(i) >= 0 && timings_[operand(i)].has_time(); }

  // The output's axis 1 holds as many rows as the input's.
  bool output_keeps(int32_t rows) const {
    const Shape shape = output().shape;
    return shape.rank >= 3 && shape[0] == 1 && shape[kTimeAxis] == rows;
  }

  Status set_outputs(const RowTiming& timing) {
    if (timing.period > kLongestPeriod || timing.delay > kLongestDelay) {
      return failure("its strides leave out too many frames");
    }
    for (int32_t k = 0; k < op_.outputs.size(); ++k) {
      if (op_.outputs[k] < 0) continue;
      timings_[op_.outputs[k]] = timing;
      timings_[op_.outputs[k]].history = 1;
    }
    return Status::success();
  }

  Status follow() {
    if (op_.outputs.size() < 1 || op_.outputs[0] < 0) return failure("it has no output");
    bool any_time = false;
    for (int32_t k = 0; k < op_.inputs.size(); ++k) any_time = any_time || has_time(k);
    if (!any_time) return behind_the_last_row();
    if (!has_time(0) && !joins_rows()) return failure("the rows of time aren't its first input");
    if (has_window(op_.code)) return windowed();
    switch (op_.code) {
      case OperatorCode::kPad:
        return padded();
      case OperatorCode::kStridedSlice:
        return sliced();
      case OperatorCode::kUnidirectionalSequenceLstm:
        if (op_.options_tag == OptionsTag::kUnidirectionalSequenceLstm && op_.options.boolean(3)) {
          return failure("it isn't known in a stream with time first; give it [1, time, values]");
        }
        return row_by_row();
      case OperatorCode::kReshape:
      case OperatorCode::kSqueeze:
      case OperatorCode::kExpandDims:
      case OperatorCode::kFullyConnected:
        return row_by_row();
      case OperatorCode::kMean:
      case OperatorCode::kSum:
        return reduced();
      case OperatorCode::kAdd:
      case OperatorCode::kSub:
      case OperatorCode::kMul:
      case OperatorCode::kSquaredDifference:
      case OperatorCode::kRsqrt:
      case OperatorCode::kRelu:
      case OperatorCode::kRelu6:
      case OperatorCode::kTanh:
      case OperatorCode::kLogistic:
      case OperatorCode::kQuantize:
      case OperatorCode::kDequantize:
      case OperatorCode::kL2Normalization:
      case OperatorCode::kSoftmax:
        return row_by_row();
      default:
        return failure("it can't work frame by frame; take the last time step before it");
    }
  }

  bool joins_rows() const {
    return op_.code == OperatorCode::kAdd || op_.code == OperatorCode::kSub ||
           op_.code == OperatorCode::kMul || op_.code == OperatorCode::kSquaredDifference;
  }

  // Operators that know no time: they run when what they read is new.
  Status behind_the_last_row() {
    RowTiming result;
    for (int32_t k = 0; k < op_.inputs.size(); ++k) {
      if (operand(k) < 0 || timing(k).period == 0) continue;
      if (result.period != 0 && !same_moments(result, timing(k))) {
        return failure("it joins values of different moments");
      }
      result = timing(k);
    }
    return set_outputs(result);
  }

  static bool same_moments(const RowTiming& a, const RowTiming& b) {
    return a.period == b.period && a.delay == b.delay;
  }

  Status windowed() {
    TimeWindow window;
    STAPES_RETURN_IF_ERROR(time_window(model_, index_, &window));
    RowTiming& in = timing(0);
    if (window.reach > in.rows) return failure("its window is longer than its input");
    if (window.reach - 1 < in.past) {
      return failure("there are more rows of padding before it than its window reaches back to");
    }
    if (output().shape.rank != 4 ||
        output().shape[kTimeAxis] != (in.rows - window.reach) / window.stride + 1) {
      return failure("its output hasn't the rows that follow from its window");
    }
    if (window.reach > in.history) in.history = window.reach;
    RowTiming out;
    out.rows = output().shape[kTimeAxis];
    const int64_t period = int64_t{in.period} * window.stride;
    const int64_t delay = in.delay + int64_t{in.period} * (window.reach - 1 - in.past);
    out.period = static_cast<int32_t>(period < kLongestPeriod ? period : kLongestPeriod + 1);
    out.delay = static_cast<int32_t>(delay < kLongestDelay ? delay : kLongestDelay + 1);
    return set_outputs(out);
  }

  Status padded() {
    RowTiming out = timing(0);
    if (out.past > 0) return failure("it follows another PAD over time");
    const int32_t before = constant_at(tensor(1), 2 * kTimeAxis, -1);
    const int32_t after = constant_at(tensor(1), 2 * kTimeAxis + 1, -1);
    if (before < 0 || after < 0) return failure("its paddings aren't constant int32 numbers");
    if (after > 0) {
      return failure(
          "it pads the window's end, as if it saw ahead; train with padding = \"causal\"");
    }
    const Shape shape = output().shape;
    if (shape.rank < 3 || before > shape[kTimeAxis] || !output_keeps(out.rows + before)) {
      return failure("its output hasn't the rows that follow from its paddings");
    }
    if (constant_at(tensor(1), 0, -1) != 0 || constant_at(tensor(1), 1, -1) != 0) {
      return failure("it pads the batch");
    }
    out.rows += before;
    out.past = before;
    return set_outputs(out);
  }

  // All rows, or the last one.
  Status sliced() {
    RowTiming out = timing(0);
    const Shape shape = tensor(0).shape;
    if (out.past > 0) return failure("it lies between a PAD over time and its convolution");
    const FlatTable options =
        op_.options_tag == OptionsTag::kStridedSlice ? op_.options : FlatTable();
    const bool shrinks = (options.scalar<int32_t>(4, 0) >> kTimeAxis & 1) != 0;
    const int32_t begin = constant_at(tensor(1), kTimeAxis, 0);
    if (shrinks) {
      if (begin != -1 && begin != shape[kTimeAxis] - 1) {
        return failure("it takes another time step than the last");
      }
      out.rows = 0;
      return set_outputs(out);
    }
    if (!output_keeps(out.rows) || constant_at(tensor(3), kTimeAxis, 0) != 1) {
      return failure("it takes some of the window's time steps; take the last one");
    }
    return set_outputs(out);
  }

  Status reduced() {
    const Shape shape = tensor(0).shape;
    const TensorView axes = tensor(1);
    if (!axes.present() || !axes.is_constant || axes.type != TensorType::kInt32) {
      return failure("its axes aren't constant int32 numbers");
    }
    for (int32_t i = 0; i < axes.shape.elements(); ++i) {
      int32_t axis = axes.constant<int32_t>()[i];
      if (axis < 0) axis += shape.rank;
      if (axis <= kTimeAxis) {
        return failure(
            "it is over all time steps of the window at once; use global_average_pool or "
            "last_step");
      }
    }
    return row_by_row();
  }

  // Each row of the output from the same row of the inputs.
  Status row_by_row() {
    RowTiming out;
    const int32_t rank = output().shape.rank;
    for (int32_t k = 0; k < op_.inputs.size(); ++k) {
      if (operand(k) < 0) continue;
      const RowTiming& in = timing(k);
      const TensorView view = tensor(k);
      if (in.has_time()) {
        if (in.past > 0) return failure("it lies between a PAD over time and its convolution");
        if (out.has_time() && !(out.rows == in.rows && same_moments(out, in))) {
          return failure("it joins rows of different moments");
        }
        out = in;
      } else if (in.period != 0) {
        return failure("it joins the rows of the window with a value of all of it");
      } else if (!view.is_variable && view.shape.rank == rank && rank >= 3 &&
                 view.shape[kTimeAxis] != 1 && !is_weight(k)) {
        return failure("it has a constant for each time step of the window");
      }
    }
    if (output_keeps(out.rows)) return set_outputs(out);
    if (out.rows != 1) {
      return failure("it mixes the time steps of the window; take the last one before it");
    }
    out.rows = 0;  // a window of one row lies behind the last row
    return set_outputs(out);
  }

  // A constant that isn't laid out as the rows are.
  bool is_weight(int32_t k) const {
    return k > 0 && (op_.code == OperatorCode::kFullyConnected ||
                     op_.code == OperatorCode::kUnidirectionalSequenceLstm ||
                     op_.code == OperatorCode::kReshape || op_.code == OperatorCode::kMean ||
                     op_.code == OperatorCode::kSum || op_.code == OperatorCode::kExpandDims);
  }

  const Model& model_;
  RowTiming* timings_;
  int32_t index_ = 0;
  OperatorView op_;
};

}  // namespace

Status find_timings(const Model& model, RowTiming* timings) {
  return TimingFinder(model, timings).run();
}

bool has_window(OperatorCode code) {
  return code == OperatorCode::kConv2D || code == OperatorCode::kDepthwiseConv2D ||
         code == OperatorCode::kAveragePool2D || code == OperatorCode::kMaxPool2D;
}

Status time_window(const Model& model, int32_t operator_index, TimeWindow* window) {
  const OperatorView op = model.operator_at(operator_index);
  const TensorView input = model.tensor(op.inputs.size() > 0 ? op.inputs[0] : -1);
  const TensorView filter = model.tensor(op.inputs.size() > 1 ? op.inputs[1] : -1);
  int32_t kernel = 0;
  int32_t dilation = 1;
  OptionsTag tag = OptionsTag::kPool2D;
  if (op.code == OperatorCode::kConv2D || op.code == OperatorCode::kDepthwiseConv2D) {
    const bool depthwise = op.code == OperatorCode::kDepthwiseConv2D;
    tag = depthwise ? OptionsTag::kDepthwiseConv2D : OptionsTag::kConv2D;
    if (filter.present() && filter.shape.rank == 4) kernel = filter.shape[1];
    if (op.options_tag == tag) dilation = op.options.scalar<int32_t>(depthwise ? 6 : 5, 1);
  } else if (op.options_tag == tag) {
    kernel = op.options.scalar<int32_t>(4, 0);
  }
  int32_t stride = 0;
  Padding padding = Padding::kSame;
  if (op.options_tag == tag) {
    padding = static_cast<Padding>(op.options.scalar<int8_t>(0, 0));
    stride = op.options.scalar<int32_t>(2, 0);
  }
  constexpr int32_t kMost = 1 << 14;  // as operators/shapes.cpp has it
  const auto in_range = [](int32_t value) { return value >= 1 && value <= kMost; };
  if (!in_range(kernel) || !in_range(dilation) || !in_range(stride) || input.shape.rank != 4) {
    return Status::failure("its window isn't one over [1, time, ...]", operator_index);
  }
  window->reach = (kernel - 1) * dilation + 1;
  window->stride = stride;
  if (padding != Padding::kSame) return Status::success();
  const int64_t rows = input.shape[kTimeAxis];
  const int64_t outputs = (rows + stride - 1) / stride;
  if ((outputs - 1) * stride + window->reach > rows) {
    return Status::failure(
        "it looks ahead in time (SAME padding); train the model with padding = \"causal\"",
        operator_index);
  }
  return Status::success();
}

}  // namespace stapes
