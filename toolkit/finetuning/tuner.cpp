#include "toolkit/finetuning/tuner.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>

#include "toolkit/base/error.h"
#include "toolkit/base/interrupt.h"
#include "toolkit/base/progress.h"
#include "toolkit/finetuning/model.h"
#include "toolkit/graph/executor.h"
#include "toolkit/training/batch_plan.h"
#include "toolkit/training/batch_producer.h"
#include "toolkit/training/check_training.h"
#include "toolkit/training/checkpoint.h"
#include "toolkit/training/collective.h"
#include "toolkit/training/optimizer.h"
#include "toolkit/training/schedule.h"
#include "toolkit/training/shard_exchange.h"
#include "toolkit/training/starting_point.h"
#include "toolkit/training/work_pool.h"

namespace stapes::finetuning {
namespace {

using Clock = std::chrono::steady_clock;
using Outputs = std::vector<std::vector<float>>;

// Adam with a cosine: what the rooms of training read of the settings.
TrainingSettings training_settings(const FinetuningSettings& settings,
                                   const TrainingSettings& batches) {
  TrainingSettings result;
  result.optimizer = "adam";
  result.schedule = "cosine";
  result.learning_rate = settings.learning_rate;
  result.warmup_epochs = 0;
  result.epochs = settings.epochs;
  result.batch_size = batches.batch_size;
  result.shards = batches.shards;
  result.seed = batches.seed;
  result.keep_checkpoints = batches.keep_checkpoints;
  return result;
}

// An epoch need not see all clips: the next one draws others.
int64_t steps_of_epoch(const FinetuningSettings& settings, const training::BatchPlan& plan) {
  if (settings.clips == 0) return plan.steps_per_epoch();
  const int64_t wanted = settings.clips / static_cast<int64_t>(plan.batch_size());
  return std::clamp<int64_t>(wanted, 1, plan.steps_per_epoch());
}

class Tuner {
 public:
  Tuner(const Student& student, const FinetuningSettings& settings, const TrainingSettings& batches,
        const augmentation::ExampleSource& training, const quantization::Inputs& validation,
        const TuningOptions& options)
      : student_(student),
        settings_(settings),
        training_settings_(training_settings(settings, batches)),
        training_(training),
        validation_(validation),
        options_(options),
        alone_(training::alone()),
        model_(student),
        class_weights_(options.class_weights.begin(), options.class_weights.end()),
        plan_(training.size(), training::batch_size_of(training_settings_, training), shards(),
              training_settings_.seed),
        steps_(steps_of_epoch(settings, plan_)),
        schedule_(training_settings_, steps_),
        optimizer_(training_settings_, student.layout()),
        exchange_(student.layout().size(), shards(), *alone_),
        checkpoints_(options.folder / "checkpoints", training_settings_.keep_checkpoints),
        pool_(options.threads) {
    class_weights_.resize(training.classes().size(), 1.0F);
    training::check_training(training_settings_, training, training, training.classes().size(), 1);
  }

  TuningResult run() {
    training::TrainingOptions start;
    start.resume = options_.resume;
    start.overwrite = options_.overwrite;
    state_ = training::starting_point(start, checkpoints_, *alone_, fresh_state());
    optimizer_.restore(state_.optimizer);
    if (validation_.count > 0) expected_ = outputs(student_.graph());
    if (state_.best_weights.empty()) measure(0);
    while (state_.epoch < training_settings_.epochs) {
      run_epoch();
      measure(state_.epoch + 1);
      ++state_.epoch;
      state_.steps_in_epoch = 0;
      state_.loss = state_.seconds = 0;
      state_.correct = state_.seen = 0;
      state_.finished = state_.epoch >= training_settings_.epochs;
      save();
    }
    return {state_.best_weights, state_.best_epoch};
  }

 private:
  size_t shards() const { return static_cast<size_t>(std::max(training_settings_.shards, 1)); }

  training::Checkpoint fresh_state() const {
    training::Checkpoint fresh;
    fresh.fingerprint = options_.fingerprint;
    fresh.examples = static_cast<int64_t>(training_.size());
    fresh.weights = student_.initial_parameters();
    fresh.optimizer = optimizer_.state();
    return fresh;
  }

  void run_epoch() {
    const int64_t left = steps_ - state_.steps_in_epoch;
    const auto epoch = static_cast<uint64_t>(state_.epoch);
    std::optional<Progress> progress;
    if (::isatty(STDERR_FILENO) != 0 && left > 0) {  // elsewhere: a line per epoch
      progress.emplace(fmt::format("epoch {}", epoch + 1),
                       static_cast<size_t>(left) * plan_.batch_size(), "clips");
    }
    training::BatchProducer producer(
        pool_, training_, epoch,
        plan_.of_epoch(epoch, state_.steps_in_epoch, left, exchange_.own()));
    for (int64_t i = 0; i < left; ++i) {
      const Clock::time_point begin = Clock::now();
      step(producer.next());
      state_.seconds += std::chrono::duration<double>(Clock::now() - begin).count();
      if (interrupted()) stop();
      if (progress) {
        progress->set_note(
            fmt::format("loss {:.5f}", state_.loss / static_cast<double>(state_.steps_in_epoch)));
        progress->advance(plan_.batch_size());
      }
    }
  }

  void step(const training::Batch& batch) {
    std::vector<float> weights;
    for (const int32_t label : batch.labels) {
      weights.push_back(class_weights_[static_cast<size_t>(label)]);
    }
    const quantization::QuantizedGraph quantized = student_.quantized(state_.weights);
    const size_t values = training_.values_per_example();
    pool_.run_now(exchange_.own().size(), [&](size_t i) {
      const auto [first, last] = plan_.rows_of(exchange_.own()[i]);
      Examples examples;
      examples.features =
          std::span(batch.features).subspan(first * values, (last - first) * values);
      examples.labels = std::span(batch.labels).subspan(first, last - first);
      examples.weights = std::span<const float>(weights).subspan(first, last - first);
      examples.batch_size = plan_.batch_size();
      examples.label_weight = static_cast<float>(settings_.label_weight);
      const Sums sums = model_.gradient(state_.weights, quantized, examples, exchange_.gradient(i));
      exchange_.set_sums(i, {sums.loss, sums.agreed});
    });
    const training::BatchSum& sum = exchange_.add_all(false);
    double check = sum.loss;
    for (const float g : sum.gradient) check += static_cast<double>(g);
    if (!std::isfinite(check)) {
      throw Error("fine-tuning failed", fmt::format("step {}", state_.step + 1),
                  "the loss or a gradient is not a number", "lower finetuning.learning_rate");
    }
    std::vector<float> gradient = sum.gradient;
    optimizer_.update(state_.weights, gradient, schedule_.learning_rate(state_.step));
    ++state_.step;
    ++state_.steps_in_epoch;
    state_.loss += sum.loss;
    state_.correct += sum.correct;
    state_.seen += static_cast<int64_t>(plan_.batch_size());
  }

  Outputs outputs(const graph::Graph& graph) {
    Outputs result(validation_.count);
    const size_t pieces = std::min<size_t>(16, std::max<size_t>(1, validation_.count));
    pool_.run_now(pieces, [&](size_t piece) {
      graph::Executor executor(graph);
      std::vector<float> values(training_.values_per_example());
      for (size_t i = piece; i < validation_.count && !interrupted(); i += pieces) {
        validation_.fill(i, values);
        executor.reset();
        executor.set_input(0, std::span<const float>(values));
        executor.invoke();
        result[i] = executor.output_as_float(0);
      }
    });
    if (interrupted()) stop();
    return result;
  }

  void measure(int64_t epoch) {
    TuningRow row;
    row.epoch = epoch;
    row.step = state_.step;
    if (epoch > 0) {
      row.learning_rate = schedule_.learning_rate(state_.step - 1);
      row.loss = state_.loss / static_cast<double>(std::max<int64_t>(state_.steps_in_epoch, 1));
      row.agreement = static_cast<double>(state_.correct) /
                      static_cast<double>(std::max<int64_t>(state_.seen, 1));
      row.clips_per_second = static_cast<double>(state_.seen) / std::max(state_.seconds, 1e-9);
    }
    row.validation =
        quantization::compare(expected_, outputs(student_.quantized(state_.weights).graph));
    // The least difference so far is kept as a loss, so that a checkpoint holds it.
    const bool best = state_.best_weights.empty() || settings_.best_by == "last" ||
                      row.validation.rms_difference < state_.best.loss;
    if (best) {
      state_.best_epoch = epoch;
      state_.best.loss = row.validation.rms_difference;
      state_.best.accuracy = row.validation.fraction();
      state_.best_weights = state_.weights;
    }
    if (options_.on_epoch) options_.on_epoch(row, best);
  }

  Path save() const {
    training::Checkpoint checkpoint = state_;
    checkpoint.optimizer = optimizer_.state();
    return checkpoints_.write(checkpoint);
  }

  [[noreturn]] void stop() {
    if (state_.best_weights.empty()) throw Interrupted();  // nothing to keep yet
    const Path path = save();
    fmt::print(stderr, "stopped after step {}, kept in {}\ncontinue with: {}\n", state_.step,
               path.string(), options_.resume_command);
    throw Interrupted();
  }

  const Student& student_;
  const FinetuningSettings& settings_;
  TrainingSettings training_settings_;
  const augmentation::ExampleSource& training_;
  const quantization::Inputs& validation_;
  const TuningOptions& options_;
  std::unique_ptr<training::Collective> alone_;
  Model model_;
  std::vector<float> class_weights_;
  training::BatchPlan plan_;
  int64_t steps_;  // of an epoch
  training::Schedule schedule_;
  training::Optimizer optimizer_;
  training::ShardExchange exchange_;
  training::CheckpointFolder checkpoints_;
  training::Checkpoint state_;
  Outputs expected_;  // the float model's, for the validation inputs
  training::WorkPool pool_;
};

}  // namespace

TuningResult tune(const Student& student, const FinetuningSettings& settings,
                  const TrainingSettings& batches, const augmentation::ExampleSource& training,
                  const quantization::Inputs& validation, const TuningOptions& options) {
  return Tuner(student, settings, batches, training, validation, options).run();
}

}  // namespace stapes::finetuning
