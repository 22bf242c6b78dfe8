#include "toolkit/training/trainer.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>

#include "toolkit/base/error.h"
#include "toolkit/base/interrupt.h"
#include "toolkit/base/progress.h"
#include "toolkit/training/batch_plan.h"
#include "toolkit/training/batch_producer.h"
#include "toolkit/training/check_training.h"
#include "toolkit/training/checkpoint.h"
#include "toolkit/training/history.h"
#include "toolkit/training/mixup.h"
#include "toolkit/training/model.h"
#include "toolkit/training/moving_averages.h"
#include "toolkit/training/optimizer.h"
#include "toolkit/training/schedule.h"
#include "toolkit/training/shard_exchange.h"
#include "toolkit/training/starting_point.h"
#include "toolkit/training/validation.h"
#include "toolkit/training/work_pool.h"

namespace stapes::training {
namespace {

using Clock = std::chrono::steady_clock;

// Where a figure is equal, as on small validation splits, the loss decides.
bool better(const Figures& figures, const Figures& best, const std::string& best_by) {
  if (best_by == "last") return true;
  if (best_by == "accuracy" && figures.accuracy != best.accuracy) {
    return figures.accuracy > best.accuracy;
  }
  if (best_by == "balanced_accuracy" && figures.balanced_accuracy != best.balanced_accuracy) {
    return figures.balanced_accuracy > best.balanced_accuracy;
  }
  return figures.loss < best.loss;
}

class Trainer {
 public:
  Trainer(const network::Network& network, const TrainingSettings& settings,
          const augmentation::ExampleSource& training,
          const augmentation::ExampleSource& validation, const TrainingOptions& options,
          Collective& processes);
  TrainingResult run();

 private:
  Checkpoint fresh_state() const;
  void train_until_end();
  void train_epoch();
  void train_step(const Batch& batch);
  void apply(const BatchSum& sum);
  void end_epoch();
  std::span<const float> evaluated_weights() const;
  Path save() const;
  [[noreturn]] void stop_for_interrupt();

  const TrainingSettings& settings_;
  const augmentation::ExampleSource& training_;
  const augmentation::ExampleSource& validation_;
  const TrainingOptions& options_;
  Collective& processes_;
  Model model_;
  MovingAverages moving_;
  std::vector<float> class_weights_;
  BatchPlan plan_;
  Schedule schedule_;
  Optimizer optimizer_;
  ShardExchange exchange_;
  CheckpointFolder checkpoints_;
  Checkpoint state_;
  std::optional<Progress> progress_;
  WorkPool pool_;
};

Trainer::Trainer(const network::Network& network, const TrainingSettings& settings,
                 const augmentation::ExampleSource& training,
                 const augmentation::ExampleSource& validation, const TrainingOptions& options,
                 Collective& processes)
    : settings_(settings),
      training_(training),
      validation_(validation),
      options_(options),
      processes_(processes),
      model_(network, options.device),
      moving_(network, model_.layout()),
      class_weights_(options.class_weights.begin(), options.class_weights.end()),
      plan_(training.size(), batch_size_of(settings, training),
            static_cast<size_t>(std::max(settings.shards, 1)), settings.seed),
      schedule_(settings, plan_.steps_per_epoch()),
      optimizer_(settings, model_.layout()),
      exchange_(model_.layout().size(), static_cast<size_t>(std::max(settings.shards, 1)),
                processes),
      checkpoints_(options.output / "train" / "checkpoints", settings.keep_checkpoints),
      pool_(options.threads) {
  class_weights_.resize(training.classes().size(), 1.0F);
  check_training(settings, training, validation, model_.classes(), processes.size());
  state_.weights = model_.layout().flatten(network::initialize(network, settings.seed));
}

Checkpoint Trainer::fresh_state() const {
  Checkpoint fresh;
  fresh.fingerprint = options_.fingerprint;
  fresh.examples = static_cast<int64_t>(training_.size());
  fresh.weights = state_.weights;
  if (settings_.ema_decay > 0) fresh.average = fresh.weights;
  fresh.optimizer = optimizer_.state();
  return fresh;
}

TrainingResult Trainer::run() {
  state_ = starting_point(options_, checkpoints_, processes_, fresh_state());
  optimizer_.restore(state_.optimizer);
  if (processes_.rank() == 0 && options_.on_start) options_.on_start(state_.history);
  try {
    train_until_end();
  } catch (const LostProcess& lost) {
    progress_.reset();
    const Path path = save();
    throw Error("training stopped",
                fmt::format("process {} of {}", processes_.rank(), processes_.size()),
                "another process is gone (" + lost.why + ")",
                fmt::format("step {} is kept in {}; start all processes again with `{}`",
                            state_.step, path.string(), options_.resume_command));
  }
  TrainingResult result;
  result.weights = model_.layout().unflatten(state_.best_weights);
  result.best_epoch = state_.best_epoch;
  result.best = state_.best;
  result.history = state_.history;
  return result;
}

void Trainer::train_until_end() {
  while (state_.epoch < settings_.epochs && state_.step < schedule_.total_steps()) {
    state_.finished = false;
    train_epoch();
    end_epoch();
  }
  if (state_.best_weights.empty()) {
    throw Error("cannot train", "training.epochs", "there is nothing to train: 0 epochs or steps");
  }
}

void Trainer::train_epoch() {
  const int64_t left = std::min(plan_.steps_per_epoch() - state_.steps_in_epoch,
                                schedule_.total_steps() - state_.step);
  if (left <= 0) return;
  const auto steps = static_cast<size_t>(left);
  const auto epoch = static_cast<uint64_t>(state_.epoch);
  if (processes_.rank() == 0 && ::isatty(STDERR_FILENO) != 0) {  // elsewhere: a line per epoch
    progress_.emplace(fmt::format("epoch {}", state_.epoch + 1), steps * plan_.batch_size(),
                      "clips");
  }
  BatchProducer producer(pool_, training_, epoch,
                         plan_.of_epoch(epoch, state_.steps_in_epoch, left, exchange_.own()));
  for (size_t i = 0; i < steps; ++i) {
    const Clock::time_point begin = Clock::now();
    train_step(producer.next());
    state_.seconds += std::chrono::duration<double>(Clock::now() - begin).count();
    if (progress_) {
      progress_->set_note(fmt::format("loss {:.4f}", state_.loss / static_cast<double>(i + 1)));
      progress_->advance(plan_.batch_size());
    }
  }
  progress_.reset();
}

void Trainer::train_step(const Batch& batch) {
  std::vector<float> weights;
  for (const int32_t label : batch.labels) {
    weights.push_back(class_weights_[static_cast<size_t>(label)]);
  }
  std::vector<size_t> starts{0};
  for (const size_t shard : exchange_.own()) {
    const auto [first, last] = plan_.rows_of(shard);
    starts.push_back(starts.back() + last - first);
  }
  const size_t values = training_.values_per_example();
  pool_.run_now(exchange_.own().size(), [&](size_t i) {
    const size_t first = starts[i];
    const size_t count = starts[i + 1] - first;
    Shard shard;
    shard.features = std::span(batch.features).subspan(first * values, count * values);
    shard.labels = std::span(batch.labels).subspan(first, count);
    shard.weights = std::span<const float>(weights).subspan(first, count);
    shard.examples = std::span(batch.examples).subspan(first, count);
    shard.batch_size = plan_.batch_size();
    shard.label_smoothing = static_cast<float>(settings_.label_smoothing);
    shard.seed = settings_.seed;
    shard.epoch = static_cast<uint64_t>(state_.epoch);
    MixedExamples mixed;
    if (settings_.mixup_probability > 0) {
      mixed = mix(shard.features, shard.labels, shard.weights, shard.examples,
                  settings_.mixup_probability, shard.seed, shard.epoch);
      shard.features = mixed.features;
      shard.weights = mixed.weights;
      shard.other_labels = mixed.other_labels;
      shard.other_shares = mixed.other_shares;
    }
    std::vector<float> targets;
    if (options_.teachers != nullptr) {
      targets.resize(count * model_.classes());
      options_.teachers->probabilities(shard.features, count, targets);
      shard.targets = targets;
      shard.target_weight = settings_.distillation.weight;
      shard.temperature = settings_.distillation.temperature;
    }
    exchange_.set_sums(i, model_.gradient(state_.weights, shard, exchange_.gradient(i)));
  });
  const BatchSum& sum = exchange_.add_all(interrupted());
  apply(sum);
  if (sum.stop) stop_for_interrupt();
}

void Trainer::apply(const BatchSum& sum) {
  double check = sum.loss;
  for (const float g : sum.gradient) check += g;
  if (!std::isfinite(check)) {
    throw Error("training failed", fmt::format("step {}", state_.step + 1),
                std::isfinite(sum.loss) ? "a gradient is not a number" : "the loss is not a number",
                "lower training.learning_rate or set training.gradient_clip");
  }
  const int64_t before = state_.step;
  moving_.update(state_.weights, sum.gradient, before);
  std::vector<float> gradient = sum.gradient;
  optimizer_.update(state_.weights, gradient, schedule_.learning_rate(state_.step));
  ++state_.step;
  ++state_.steps_in_epoch;
  state_.loss += sum.loss;
  state_.correct += sum.correct;
  state_.seen += static_cast<int64_t>(plan_.batch_size());
  follow(state_.average, state_.weights, settings_.ema_decay, before);
}

std::span<const float> Trainer::evaluated_weights() const {
  return state_.average.empty() ? state_.weights : state_.average;
}

void Trainer::end_epoch() {
  const Validation validation =
      validate(model_, evaluated_weights(), validation_, pool_, processes_);
  if (validation.stopped) stop_for_interrupt();
  const bool best =
      state_.best_epoch == 0 || better(validation.figures, state_.best, settings_.best_by);
  HistoryRow row;
  row.epoch = ++state_.epoch;
  row.step = state_.step;
  row.learning_rate = schedule_.learning_rate(state_.step - 1);
  row.loss = state_.loss / static_cast<double>(std::max<int64_t>(state_.steps_in_epoch, 1));
  row.accuracy = static_cast<double>(state_.correct) / static_cast<double>(state_.seen);
  row.validation = validation.figures;
  row.clips_per_second = static_cast<double>(state_.seen) / std::max(state_.seconds, 1e-9);
  state_.history.push_back(row);
  if (best) {
    state_.best_epoch = row.epoch;
    state_.best = validation.figures;
    state_.best_weights.assign(evaluated_weights().begin(), evaluated_weights().end());
  }
  state_.steps_in_epoch = 0;
  state_.loss = 0;
  state_.correct = 0;
  state_.seen = 0;
  state_.seconds = 0;
  state_.finished = state_.epoch >= settings_.epochs || state_.step >= schedule_.total_steps();
  if (processes_.rank() != 0) return;
  save();
  write_history_csv(options_.output / "train" / "history.csv", state_.history);
  if (options_.on_epoch) options_.on_epoch(row, best);
}

Path Trainer::save() const {
  Checkpoint checkpoint = state_;
  checkpoint.optimizer = optimizer_.state();
  return checkpoints_.write(checkpoint);
}

void Trainer::stop_for_interrupt() {
  progress_.reset();
  if (processes_.rank() == 0) {
    const Path path = save();
    fmt::print(stderr, "stopped after step {}, kept in {}\ncontinue with: {}\n", state_.step,
               path.string(), options_.resume_command);
  }
  throw Interrupted();
}

}  // namespace

TrainingResult train(const network::Network& network, const TrainingSettings& settings,
                     const augmentation::ExampleSource& training,
                     const augmentation::ExampleSource& validation, const TrainingOptions& options,
                     Collective& processes) {
  return Trainer(network, settings, training, validation, options, processes).run();
}

}  // namespace stapes::training
