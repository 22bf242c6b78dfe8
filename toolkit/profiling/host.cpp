#include "toolkit/profiling/host.h"

#include <algorithm>
#include <chrono>

#include "device/graph/interpreter.h"
#include "toolkit/base/error.h"
#include "toolkit/base/interrupt.h"
#include "toolkit/graph/executor.h"

namespace stapes::profiling {
namespace {

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void prepare(graph::Executor& executor, const graph::Graph& model) {
  for (size_t i = 0; i < model.inputs.size(); ++i) {
    const graph::Tensor& tensor = model.tensors[static_cast<size_t>(model.inputs[i])];
    executor.set_input(i,
                       Bytes(static_cast<size_t>(tensor.elements()) * graph::size_of(tensor.type)));
  }
  executor.reset();
}

}  // namespace

Profile profile_on_host(const graph::Graph& model, int64_t model_bytes, const std::string& name,
                        int64_t repetitions) {
  graph::Executor executor(model);
  const size_t count = model.operators.size();
  std::vector<double> wholes;
  std::vector<std::vector<double>> parts(count);
  for (int64_t n = 0; n < repetitions; ++n) {
    if (interrupted()) throw Interrupted();
    prepare(executor, model);
    const double before = seconds_now();
    executor.invoke();
    wholes.push_back(seconds_now() - before);
    prepare(executor, model);
    for (size_t i = 0; i < count; ++i) {
      const double from = seconds_now();
      executor.invoke_operator(i);
      parts[i].push_back(seconds_now() - from);
    }
  }

  const graph::Statistics statistics = graph::count_operations(model);
  const Interpreter& interpreter = executor.interpreter();
  Profile profile;
  profile.name = name;
  profile.target = "host";
  profile.total = statistics.total;
  for (size_t i = 0; i < count; ++i) {
    OperatorProfile op;
    op.index = static_cast<int32_t>(i);
    op.counts = statistics.operators[i];
    op.seconds = median(parts[i]);
    op.live_bytes = executor.live_bytes()[i];
    profile.operators.push_back(op);
  }
  profile.model_bytes = model_bytes;
  profile.arena_bytes = static_cast<int64_t>(executor.arena_bytes());
  profile.state_bytes = static_cast<int64_t>(interpreter.state().bytes);
  profile.persistent_bytes =
      static_cast<int64_t>(interpreter.persistent_bytes() - executor.packed_bytes());
  profile.activation_bytes = static_cast<int64_t>(interpreter.activation_bytes());
  profile.activation_lower_bound = static_cast<int64_t>(interpreter.activation_lower_bound());
  profile.seconds_of_inference = median(wholes);
  profile.repetitions = repetitions;
  return profile;
}

}  // namespace stapes::profiling
