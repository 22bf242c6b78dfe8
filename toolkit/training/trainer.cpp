#include "toolkit/training/trainer.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <optional>

#include "toolkit/base/error.h"
#include "toolkit/base/interrupt.h"
#include "toolkit/base/nearest.h"
#include "toolkit/base/philox.h"
#include "toolkit/base/progress.h"
#include "toolkit/training/batch_producer.h"
#include "toolkit/training/checkpoint.h"
#include "toolkit/training/history.h"
#include "toolkit/training/model.h"
#include "toolkit/training/optimizer.h"
#include "toolkit/training/schedule.h"
#include "toolkit/training/shard_exchange.h"
#include "toolkit/training/validation.h"
#include "toolkit/training/work_pool.h"

namespace stapes::training {
namespace {

using Clock = std::chrono::steady_clock;

struct MovingRange {  // a batch norm's moving mean or variance in the flat weights
  size_t offset = 0;
  size_t size = 0;
  float momentum = 0;
};

class Trainer {
 public:
  Trainer(const network::Network& network, const TrainingSettings& settings,
          const augmentation::ExampleSource& training,
          const augmentation::ExampleSource& validation, const TrainingOptions& options,
          Collective& processes);
  TrainingResult run();

 private:
  void check() const;
  void start(bool overwrite);
  void start_or_resume();
  std::optional<Error> misfit(const Checkpoint& checkpoint, const std::string& name) const;
  void train_until_end();
  void train_epoch();
  void train_step(const Batch& batch);
  void apply(const BatchSum& sum);
  void end_epoch();
  bool better(const Figures& figures) const;
  std::vector<std::vector<uint64_t>> plan_of_epoch() const;
  std::pair<size_t, size_t> rows_of(size_t shard) const;
  std::span<const float> evaluated_weights() const;
  Path save() const;
  [[noreturn]] void stop_for_interrupt();

  const TrainingSettings& settings_;
  const augmentation::ExampleSource& training_;
  const augmentation::ExampleSource& validation_;
  const TrainingOptions& options_;
  Collective& processes_;
  Model model_;
  std::vector<float> initial_weights_;
  std::vector<MovingRange> moving_;
  std::vector<float> class_weights_;
  size_t batch_size_;
  int64_t steps_per_epoch_;
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
      initial_weights_(model_.layout().flatten(network::initialize(network, settings.seed))),
      class_weights_(options.class_weights.begin(), options.class_weights.end()),
      batch_size_(std::min(static_cast<size_t>(std::max(settings.batch_size, 1)), training.size())),
      steps_per_epoch_(batch_size_ == 0 ? 0 : static_cast<int64_t>(training.size() / batch_size_)),
      schedule_(settings, steps_per_epoch_),
      optimizer_(settings, model_.layout()),
      exchange_(model_.layout().size(), static_cast<size_t>(std::max(settings.shards, 1)),
                processes),
      checkpoints_(options.output / "train" / "checkpoints", settings.keep_checkpoints),
      pool_(options.threads) {
  for (const network::Node& node : network.nodes) {
    for (const network::Parameter& parameter : node.parameters) {
      if (parameter.trainable) continue;
      const auto& entry = model_.layout().entries()[model_.layout().index_of(parameter.name)];
      moving_.push_back({entry.offset, entry.size, node.momentum});
    }
  }
  class_weights_.resize(training.classes().size(), 1.0F);
  check();
}

void Trainer::check() const {
  const auto shards = static_cast<size_t>(std::max(settings_.shards, 1));
  if (training_.size() == 0 || validation_.size() == 0) {
    throw Error("cannot train", training_.size() == 0 ? "training split" : "validation split",
                "it has no clips", "look at `stapes dataset summarize`");
  }
  if (settings_.batch_size < 1 || batch_size_ < shards) {
    throw Error(
        "cannot train", "training.batch_size",
        fmt::format("a batch of {} clips cannot be cut into {} shards", batch_size_, shards),
        "make batch_size larger or training.shards smaller");
  }
  if (shards < static_cast<size_t>(processes_.size())) {
    throw Error("cannot train", "training.shards",
                fmt::format("{} shards are too few for {} processes", shards, processes_.size()),
                "start at most one process for each shard, or raise training.shards");
  }
  if (model_.classes() != training_.classes().size()) {
    throw Error("cannot train", "network",
                fmt::format("it has {} outputs, but there are {} classes", model_.classes(),
                            training_.classes().size()));
  }
  const std::vector<std::string> known{"accuracy", "balanced_accuracy", "loss"};
  if (std::find(known.begin(), known.end(), settings_.best_by) == known.end()) {
    throw Error("cannot train", "training.best_by",
                "there is no figure \"" + settings_.best_by + "\"",
                suggestion(settings_.best_by, known));
  }
}

void Trainer::start(bool overwrite) {
  if (processes_.rank() == 0 && !overwrite) {
    for (const Path& path : checkpoints_.newest_first()) {
      const Checkpoint old = parse_checkpoint(read_file(path), path.string());
      if (old.finished) break;
      throw Error("cannot train", path.string(),
                  fmt::format("an unfinished training ({} epochs) lies here", old.epoch),
                  "continue it with --resume, or start anew with --overwrite");
    }
  }
  if (processes_.rank() == 0) checkpoints_.clear();
  state_.fingerprint = options_.fingerprint;
  state_.examples = static_cast<int64_t>(training_.size());
  state_.weights = initial_weights_;
  if (settings_.ema_decay > 0) state_.average = state_.weights;
}

// Why a checkpoint cannot be continued, and what to do; nothing if it can.
std::optional<Error> Trainer::misfit(const Checkpoint& checkpoint, const std::string& name) const {
  if (checkpoint.fingerprint != options_.fingerprint ||
      checkpoint.weights.size() != initial_weights_.size()) {
    return Error("cannot continue", name, "the checkpoint is from another specification",
                 "undo what was changed since, or start anew with --overwrite");
  }
  if (checkpoint.examples != static_cast<int64_t>(training_.size())) {
    return Error("cannot continue", name,
                 fmt::format("it was trained on {} clips, and now there are {}",
                             checkpoint.examples, training_.size()),
                 "restore the data, or start anew with --overwrite");
  }
  return std::nullopt;
}

void Trainer::start_or_resume() {
  if (!options_.resume && !options_.auto_resume) return start(options_.overwrite);
  Bytes bytes;
  std::string name = checkpoints_.path().string();
  if (processes_.rank() == 0) {
    const std::vector<Path> paths = checkpoints_.newest_first();
    if (paths.empty() && options_.resume) {
      throw Error("cannot continue", name, "there is no checkpoint",
                  "train without --resume, or name the folder with --output");
    }
    if (!paths.empty()) {
      name = paths.front().string();
      bytes = read_file(paths.front());
    }
  }
  bytes = processes_.broadcast(bytes);
  if (bytes.empty()) return start(true);
  Checkpoint checkpoint = parse_checkpoint(bytes, name);
  if (const std::optional<Error> error = misfit(checkpoint, name)) {
    if (options_.resume) throw *error;
    return start(true);
  }
  state_ = std::move(checkpoint);
  optimizer_.restore(state_.optimizer);
}

TrainingResult Trainer::run() {
  start_or_resume();
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

// Rows [first, last) of a batch that a shard holds.
std::pair<size_t, size_t> Trainer::rows_of(size_t shard) const {
  const auto shards = static_cast<size_t>(settings_.shards);
  return {shard * batch_size_ / shards, (shard + 1) * batch_size_ / shards};
}

// For each step that is left of this epoch: the examples of this process' shards, shard by shard.
// The last examples of the order, which fill no batch, wait for another epoch.
std::vector<std::vector<uint64_t>> Trainer::plan_of_epoch() const {
  std::vector<uint64_t> order(training_.size());
  std::iota(order.begin(), order.end(), uint64_t{0});
  Random(settings_.seed, Purpose::kShuffle, static_cast<uint64_t>(state_.epoch)).shuffle(order);
  const int64_t steps =
      std::min(steps_per_epoch_ - state_.steps_in_epoch, schedule_.total_steps() - state_.step);
  std::vector<std::vector<uint64_t>> plan;
  for (int64_t i = 0; i < steps; ++i) {
    const size_t start = static_cast<size_t>(state_.steps_in_epoch + i) * batch_size_;
    std::vector<uint64_t>& batch = plan.emplace_back();
    for (const size_t shard : exchange_.own()) {
      const auto [first, last] = rows_of(shard);
      for (size_t row = first; row < last; ++row) batch.push_back(order[start + row]);
    }
  }
  return plan;
}

void Trainer::train_epoch() {
  std::vector<std::vector<uint64_t>> plan = plan_of_epoch();
  const size_t steps = plan.size();
  if (steps == 0) return;
  if (processes_.rank() == 0 && ::isatty(STDERR_FILENO) != 0) {  // elsewhere: a line per epoch
    progress_.emplace(fmt::format("epoch {}", state_.epoch + 1), steps * batch_size_, "clips");
  }
  BatchProducer producer(pool_, training_, static_cast<uint64_t>(state_.epoch), std::move(plan));
  for (size_t i = 0; i < steps; ++i) {
    const Clock::time_point begin = Clock::now();
    train_step(producer.next());
    state_.seconds += std::chrono::duration<double>(Clock::now() - begin).count();
    if (progress_) {
      progress_->set_note(fmt::format("loss {:.4f}", state_.loss / static_cast<double>(i + 1)));
      progress_->advance(batch_size_);
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
    const auto [first, last] = rows_of(shard);
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
    shard.batch_size = batch_size_;
    shard.label_smoothing = static_cast<float>(settings_.label_smoothing);
    shard.seed = settings_.seed;
    shard.epoch = static_cast<uint64_t>(state_.epoch);
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
  // Early on averages follow faster, or they would long remember where they started.
  const auto made = static_cast<double>(state_.step);
  const double early = (1 + made) / (10 + made);
  for (const MovingRange& range : moving_) {
    const auto momentum = static_cast<float>(std::min<double>(range.momentum, early));
    float* moving = state_.weights.data() + range.offset;
    const float* batch = sum.gradient.data() + range.offset;
    for (size_t i = 0; i < range.size; ++i) {
      moving[i] = momentum * moving[i] + (1.0F - momentum) * batch[i];
    }
  }
  std::vector<float> gradient = sum.gradient;
  optimizer_.update(state_.weights, gradient, schedule_.learning_rate(state_.step));
  ++state_.step;
  ++state_.steps_in_epoch;
  state_.loss += sum.loss;
  state_.correct += sum.correct;
  state_.seen += static_cast<int64_t>(batch_size_);
  if (!state_.average.empty()) {
    const auto decay = static_cast<float>(std::min(settings_.ema_decay, early));
    for (size_t i = 0; i < state_.average.size(); ++i) {
      state_.average[i] = decay * state_.average[i] + (1.0F - decay) * state_.weights[i];
    }
  }
}

std::span<const float> Trainer::evaluated_weights() const {
  return state_.average.empty() ? state_.weights : state_.average;
}

// Where a figure is equal, as on small validation splits, the loss decides.
bool Trainer::better(const Figures& figures) const {
  if (state_.best_epoch == 0) return true;
  const Figures& best = state_.best;
  if (settings_.best_by == "accuracy" && figures.accuracy != best.accuracy) {
    return figures.accuracy > best.accuracy;
  }
  if (settings_.best_by == "balanced_accuracy" &&
      figures.balanced_accuracy != best.balanced_accuracy) {
    return figures.balanced_accuracy > best.balanced_accuracy;
  }
  return figures.loss < best.loss;
}

void Trainer::end_epoch() {
  const Validation validation =
      validate(model_, evaluated_weights(), validation_, pool_, processes_);
  if (validation.stopped) stop_for_interrupt();
  const bool best = better(validation.figures);
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
