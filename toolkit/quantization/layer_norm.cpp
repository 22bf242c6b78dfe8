#include "toolkit/quantization/layer_norm.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "toolkit/base/philox.h"
#include "toolkit/graph/executor.h"
#include "toolkit/quantization/constants.h"
#include "toolkit/quantization/graph_links.h"

namespace stapes::quantization {
namespace {

// A layer normalization's operators before its gamma and beta are known.
struct Region {
  std::set<size_t> operators;
  int32_t input = -1;
  int32_t output = -1;
  float epsilon = 0.0F;
  int64_t width = 0;  // values over which one mean is taken
};

class RegionFinder {
 public:
  explicit RegionFinder(const graph::Graph& graph) : graph_(graph), links_(graph) {}

  std::optional<Region> around(size_t rsqrt) {
    region_ = {};
    if (!find_statistics(rsqrt)) return std::nullopt;
    grow_forward();
    grow_backward();
    if (!find_exit()) return std::nullopt;
    leave_out_last_reshape();
    return region_;
  }

 private:
  const graph::Operator& op(size_t index) const { return graph_.operators[index]; }
  const graph::Tensor& tensor(int32_t index) const {
    return graph_.tensors[static_cast<size_t>(index)];
  }
  bool is_constant(int32_t index) const { return index >= 0 && tensor(index).is_constant(); }

  // The operator that computes the tensor, if it is of this kind; it joins the region.
  const graph::Operator* take(int32_t index, OperatorCode code) {
    const int32_t producer = index < 0 ? -1 : links_.producer[static_cast<size_t>(index)];
    if (producer < 0 || op(static_cast<size_t>(producer)).code != code) return nullptr;
    region_.operators.insert(static_cast<size_t>(producer));
    return &op(static_cast<size_t>(producer));
  }

  // RSQRT(ADD(MEAN((x - MEAN(x))^2), epsilon))
  bool find_statistics(size_t rsqrt) {
    region_.operators.insert(rsqrt);
    const graph::Operator* add = take(op(rsqrt).inputs.at(0), OperatorCode::kAdd);
    if (add == nullptr) return false;
    const bool second = is_constant(add->inputs.at(1));
    if (!second && !is_constant(add->inputs.at(0))) return false;
    const std::vector<float> epsilon = float_values(tensor(add->inputs[second ? 1 : 0]));
    if (epsilon.empty() || epsilon.front() != epsilon.back()) return false;
    region_.epsilon = epsilon.front();
    const graph::Operator* variance = take(add->inputs[second ? 0 : 1], OperatorCode::kMean);
    if (variance == nullptr) return false;
    return find_mean(variance->inputs.at(0));
  }

  bool find_mean(int32_t squares) {
    const graph::Operator* difference = take(squares, OperatorCode::kSquaredDifference);
    if (difference == nullptr) {
      const graph::Operator* product = take(squares, OperatorCode::kMul);
      if (product == nullptr || product->inputs.at(0) != product->inputs.at(1)) return false;
      difference = take(product->inputs[0], OperatorCode::kSub);
      if (difference == nullptr) return false;
    }
    for (size_t i = 0; i < 2; ++i) {
      const int32_t x = difference->inputs.at(1 - i);
      const int32_t producer = links_.producer[static_cast<size_t>(difference->inputs.at(i))];
      if (producer < 0) continue;
      const graph::Operator& mean = op(static_cast<size_t>(producer));
      if (mean.code != OperatorCode::kMean || mean.inputs.at(0) != x) continue;
      region_.operators.insert(static_cast<size_t>(producer));
      region_.input = x;
      const int64_t means = tensor(mean.outputs.at(0)).elements();
      region_.width = means > 0 ? tensor(x).elements() / means : 0;
      return true;
    }
    return false;
  }

  bool may_join(const graph::Operator& candidate) const {
    switch (candidate.code) {
      case OperatorCode::kMul:
      case OperatorCode::kAdd:
      case OperatorCode::kSub:
      case OperatorCode::kReshape:
      case OperatorCode::kTranspose:
        return candidate.options.activation == Activation::kNone;
      default:
        return false;
    }
  }

  bool is_inside(int32_t index) const {
    if (index < 0 || is_constant(index) || index == region_.input) return true;
    const int32_t producer = links_.producer[static_cast<size_t>(index)];
    return producer >= 0 && region_.operators.contains(static_cast<size_t>(producer));
  }

  // Adds what only reads the region, its input and constants.
  void grow_forward() {
    for (size_t i = *region_.operators.begin(); i < graph_.operators.size(); ++i) {
      const graph::Operator& candidate = op(i);
      if (region_.operators.contains(i) || !may_join(candidate)) continue;
      const bool reads_result =
          std::any_of(candidate.inputs.begin(), candidate.inputs.end(), [&](int32_t t) {
            return t >= 0 && t != region_.input && !is_constant(t) && is_inside(t);
          });
      const bool all_inside = std::all_of(candidate.inputs.begin(), candidate.inputs.end(),
                                          [&](int32_t t) { return is_inside(t); });
      if (all_inside && reads_result) region_.operators.insert(i);
    }
  }

  // Takes in the RESHAPE and TRANSPOSE that prepare the input, if nobody else reads their result.
  void grow_backward() {
    for (;;) {
      const auto index = static_cast<size_t>(region_.input);
      const int32_t producer = links_.producer[index];
      if (producer < 0 || links_.is_output[index]) return;
      const graph::Operator& before = op(static_cast<size_t>(producer));
      if (before.code != OperatorCode::kReshape && before.code != OperatorCode::kTranspose) return;
      const std::vector<size_t>& readers = links_.consumers[index];
      if (!std::all_of(readers.begin(), readers.end(),
                       [&](size_t reader) { return region_.operators.contains(reader); })) {
        return;
      }
      region_.operators.insert(static_cast<size_t>(producer));
      region_.input = before.inputs.at(0);
    }
  }

  // The one tensor that somebody outside reads.
  bool find_exit() {
    for (const size_t i : region_.operators) {
      for (const int32_t output : op(i).outputs) {
        const std::vector<size_t>& readers = links_.consumers[static_cast<size_t>(output)];
        const bool read_outside = links_.is_output[static_cast<size_t>(output)] ||
                                  std::any_of(readers.begin(), readers.end(), [&](size_t reader) {
                                    return !region_.operators.contains(reader);
                                  });
        if (!read_outside) continue;
        if (region_.output >= 0) return false;
        region_.output = output;
      }
    }
    return region_.output >= 0;
  }

  // A RESHAPE at the end that only flattens finished rows belongs to what follows.
  void leave_out_last_reshape() {
    const auto last = static_cast<size_t>(links_.producer[static_cast<size_t>(region_.output)]);
    if (op(last).code != OperatorCode::kReshape) return;
    const int32_t before = op(last).inputs.at(0);
    const std::vector<int32_t>& shape = tensor(before).shape;
    if (shape.empty() || shape.back() != region_.width) return;
    if (links_.consumers[static_cast<size_t>(before)].size() != 1) return;
    region_.operators.erase(last);
    region_.output = before;
  }

  const graph::Graph& graph_;
  GraphLinks links_;
  Region region_;
};

graph::Graph cut_out(const graph::Graph& graph, const Region& region) {
  graph::Graph result;
  std::map<int32_t, int32_t> index;
  const auto add = [&](int32_t& t) {
    if (t < 0) return;
    if (!index.contains(t)) {
      index[t] = result.add_tensor(graph.tensors[static_cast<size_t>(t)]);
    }
    t = index[t];
  };
  for (const size_t i : region.operators) {
    graph::Operator op = graph.operators[i];
    for (int32_t& t : op.inputs) add(t);
    for (int32_t& t : op.outputs) add(t);
    result.operators.push_back(std::move(op));
  }
  result.inputs = {index.at(region.input)};
  result.outputs = {index.at(region.output)};
  return result;
}

// (x - mean) / sqrt(variance + epsilon) over rows of `width` values.
std::vector<double> normalize(const std::vector<float>& x, size_t width, float epsilon) {
  std::vector<double> result(x.size());
  for (size_t row = 0; row < x.size(); row += width) {
    double mean = 0.0;
    for (size_t i = 0; i < width; ++i) mean += static_cast<double>(x[row + i]);
    mean /= static_cast<double>(width);
    double variance = 0.0;
    for (size_t i = 0; i < width; ++i) {
      const double d = static_cast<double>(x[row + i]) - mean;
      variance += d * d;
    }
    variance /= static_cast<double>(width);
    for (size_t i = 0; i < width; ++i) {
      result[row + i] = (static_cast<double>(x[row + i]) - mean) /
                        std::sqrt(variance + static_cast<double>(epsilon));
    }
  }
  return result;
}

// A straight line through the probes of one channel.
struct Line {
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;

  void add(double px, double py) {
    n += 1;
    x += px;
    y += py;
    xx += px * px;
    xy += px * py;
  }
  double slope() const { return (n * xy - x * y) / (n * xx - x * x); }
  double offset() const { return (y - slope() * x) / n; }
};

// Runs the region on random rows and reads gamma and beta off; false if it is no layer
// normalization.
bool probe(const graph::Graph& region, int64_t region_width, float epsilon, LayerNorm& result) {
  constexpr int kProbes = 8;
  constexpr double kTolerance = 1e-4;
  const auto size =
      static_cast<size_t>(region.tensors[static_cast<size_t>(region.inputs[0])].elements());
  const std::vector<int32_t>& shape = region.tensors[static_cast<size_t>(region.outputs[0])].shape;
  if (region_width < 2 || shape.empty() || shape.back() != region_width) return false;
  const auto width = static_cast<size_t>(shape.back());
  if (size % width != 0) return false;

  graph::Executor executor(region);
  Random random(1, Purpose::kTest);
  std::vector<std::vector<double>> normalized;
  std::vector<std::vector<float>> outputs;
  std::vector<Line> lines(width);
  std::vector<float> x(size);
  for (int k = 0; k < kProbes; ++k) {
    // Rows of different spread and mean, so that normalizing over another axis shows.
    for (size_t i = 0; i < size; ++i) {
      const size_t row_number = i / width + static_cast<size_t>(k) + 1;
      const auto row = static_cast<double>(row_number);
      x[i] = static_cast<float>(random.normal() * row * 0.2 + row * 0.1);
    }
    executor.set_input(0, std::span<const float>(x));
    executor.invoke();
    outputs.push_back(executor.output_as_float(0));
    normalized.push_back(normalize(x, width, epsilon));
    if (outputs.back().size() != size) return false;
    for (size_t i = 0; i < size; ++i) {
      lines[i % width].add(normalized.back()[i], static_cast<double>(outputs.back()[i]));
    }
  }
  for (const Line& line : lines) {
    result.gamma.push_back(static_cast<float>(line.slope()));
    result.beta.push_back(static_cast<float>(line.offset()));
  }
  for (size_t k = 0; k < outputs.size(); ++k) {
    for (size_t i = 0; i < size; ++i) {
      const double expected =
          lines[i % width].slope() * normalized[k][i] + lines[i % width].offset();
      const double allowed = kTolerance * (1.0 + std::abs(expected));
      if (!(std::abs(expected - static_cast<double>(outputs[k][i])) <= allowed)) return false;
    }
  }
  return true;
}

}  // namespace

std::vector<LayerNorm> find_layer_norms(const graph::Graph& graph) {
  std::vector<LayerNorm> result;
  RegionFinder finder(graph);
  for (size_t i = 0; i < graph.operators.size(); ++i) {
    if (graph.operators[i].code != OperatorCode::kRsqrt) continue;
    const std::optional<Region> region = finder.around(i);
    if (!region) continue;
    LayerNorm found;
    found.operators.assign(region->operators.begin(), region->operators.end());
    found.input = region->input;
    found.output = region->output;
    found.epsilon = region->epsilon;
    if (probe(cut_out(graph, *region), region->width, region->epsilon, found))
      result.push_back(std::move(found));
  }
  return result;
}

}  // namespace stapes::quantization
