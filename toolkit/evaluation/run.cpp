#include "toolkit/evaluation/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <numeric>

#include "toolkit/base/error.h"
#include "toolkit/base/interrupt.h"
#include "toolkit/base/parallel.h"
#include "toolkit/base/philox.h"
#include "toolkit/base/progress.h"

namespace stapes::evaluation {
namespace {

// Clips whose features are kept at a time, so that memory does not grow with the data set.
constexpr size_t kBlock = 256;

// One executor per thread that needs one.
class ExecutorPool {
 public:
  explicit ExecutorPool(const graph::Graph& graph) : graph_(graph) {}

  template <typename Use>
  void borrow(const Use& use) {
    std::unique_ptr<graph::Executor> executor;
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        executor = std::move(idle_.back());
        idle_.pop_back();
      }
    }
    if (!executor) executor = std::make_unique<graph::Executor>(graph_);
    use(*executor);
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(executor));
  }

 private:
  const graph::Graph& graph_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<graph::Executor>> idle_;
};

std::vector<size_t> order_of_clips(size_t clips, bool shuffled) {
  constexpr uint64_t kSeed = 42;
  std::vector<size_t> order(clips);
  std::iota(order.begin(), order.end(), size_t{0});
  if (shuffled) Random(kSeed, Purpose::kShuffle).shuffle(order);
  return order;
}

void stop_if_interrupted() {
  if (interrupted()) throw Interrupted();
}

void infer(graph::Executor& executor, const TestModel& model, std::span<const float> features,
           std::span<float> scores) {
  set_features(executor, model, features);
  executor.invoke();
  const std::vector<float> output = executor.output_as_float(0);
  std::copy(output.begin(), output.end(), scores.begin());
}

}  // namespace

std::vector<int> class_mapping(const std::vector<std::string>& data_classes,
                               const std::vector<std::string>& model_classes) {
  const auto index_of = [&](const std::string& label) {
    const auto found = std::find(model_classes.begin(), model_classes.end(), label);
    return found == model_classes.end() ? -1 : static_cast<int>(found - model_classes.begin());
  };
  int unknown = index_of("_unknown_");
  for (size_t i = 0; unknown < 0 && i < model_classes.size(); ++i) {
    if (!is_keyword(model_classes[i])) unknown = static_cast<int>(i);
  }
  std::vector<int> mapping;
  for (const std::string& label : data_classes) {
    const int known = index_of(label);
    mapping.push_back(known >= 0 ? known : unknown);
    if (mapping.back() < 0) {
      throw Error("cannot evaluate", fmt::format("the class \"{}\"", label),
                  "the model knows neither this word nor a class for unknown words",
                  "test with the classes that the model was trained for");
    }
  }
  return mapping;
}

std::vector<Scores> run_models(std::span<const TestModel> models,
                               const augmentation::ExampleSource& source,
                               const RunOptions& options) {
  const size_t clips = source.size();
  const size_t values = source.values_per_example();
  const std::vector<int> mapping = class_mapping(source.classes(), models.front().classes);
  std::vector<int> labels(clips);
  std::vector<Scores> results(models.size());
  std::vector<std::unique_ptr<ExecutorPool>> pools;
  for (size_t m = 0; m < models.size(); ++m) {
    if (models[m].classes != models.front().classes) {
      throw Error("cannot compare", models[m].path.string(),
                  "its labels differ from those of " + models.front().path.string(),
                  "compare models of the same specification");
    }
    results[m].classes = models[m].classes;
    results[m].values.resize(clips * results[m].classes.size());
    pools.push_back(std::make_unique<ExecutorPool>(models[m].graph));
  }
  if (clips == 0) throw Error("cannot evaluate", "the data set", "the split has no clips");

  const std::vector<size_t> order = order_of_clips(clips, options.carry_state);
  Progress progress(options.title, clips, "clips");
  std::vector<float> features(std::min(kBlock, clips) * values);
  const auto scores_of = [&](size_t m, size_t clip) {
    const size_t classes = results[m].classes.size();
    return std::span(results[m].values).subspan(clip * classes, classes);
  };
  for (size_t first = 0; first < clips; first += kBlock) {
    const size_t count = std::min(kBlock, clips - first);
    const auto features_of = [&](size_t i) {
      return std::span(features).subspan(i * values, values);
    };
    parallel_for(count, options.threads, [&](size_t i) {
      stop_if_interrupted();
      const size_t clip = order[first + i];
      const int label = source.fill(0, clip, features_of(i));
      labels[clip] = mapping[static_cast<size_t>(label)];
      if (options.carry_state) return;
      for (size_t m = 0; m < models.size(); ++m) {
        pools[m]->borrow([&](graph::Executor& executor) {
          executor.reset();
          infer(executor, models[m], features_of(i), scores_of(m, clip));
        });
      }
      progress.advance();
    });
    if (!options.carry_state) continue;
    // A kept state makes a chain of the clips: one executor per model, always the same.
    parallel_for(models.size(), options.threads, [&](size_t m) {
      pools[m]->borrow([&](graph::Executor& executor) {
        for (size_t i = 0; i < count; ++i) {
          stop_if_interrupted();
          infer(executor, models[m], features_of(i), scores_of(m, order[first + i]));
        }
      });
    });
    progress.advance(count);
  }
  for (Scores& scores : results) scores.labels = labels;
  return results;
}

}  // namespace stapes::evaluation
