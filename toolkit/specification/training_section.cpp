#include <algorithm>

#include "toolkit/specification/sections.h"
#include "toolkit/specification/training_choices.h"

namespace stapes {
namespace {

std::vector<TrainingSettings::Step> read_steps(TableReader& reader) {
  std::vector<TrainingSettings::Step> steps;
  const toml::array* items = reader.array("steps");
  if (items == nullptr) return steps;
  for (const toml::node& item : *items) {
    const toml::array* pair = item.as_array();
    if (pair == nullptr || pair->size() != 2 || !pair->get(0)->is_integer() ||
        !pair->get(1)->is_number()) {
      reader.fail("steps", "an item is not a pair", "write [[5000, 0.001], [5000, 0.002]]");
    }
    const TrainingSettings::Step step = {pair->get(0)->as_integer()->get(),
                                         *pair->get(1)->value<double>()};
    if (step.steps <= 0 || !(step.learning_rate >= 0)) {
      reader.fail("steps", "a number of steps or a learning rate is not positive");
    }
    steps.push_back(step);
  }
  return steps;
}

}  // namespace

void read_training(TableReader reader, const std::string& file, TrainingSettings& t) {
  reader.read_choice("optimizer", t.optimizer, known_optimizers());
  reader.read("learning_rate", t.learning_rate, 0.0, 100.0);
  reader.read("weight_decay", t.weight_decay, 0.0, 10.0);
  reader.read("momentum", t.momentum, 0.0, 1.0);
  reader.read("beta_1", t.beta_1, 0.0, 0.99999999);
  reader.read("beta_2", t.beta_2, 0.0, 0.99999999);
  reader.read("epsilon", t.epsilon, 0.0, 1.0);
  reader.read("gradient_clip", t.gradient_clip, 0.0, 1e9);
  reader.read("batch_size", t.batch_size, 1, 65536);
  reader.read("shards", t.shards, 1, 1024);
  reader.read("epochs", t.epochs, 1, 1000000);
  reader.read_choice("schedule", t.schedule, known_schedules());
  reader.read("warmup_epochs", t.warmup_epochs, 0.0, 10000.0);
  reader.read("final_learning_rate", t.final_learning_rate, 0.0, 100.0);
  reader.read("restart_epochs", t.restart_epochs, 1, 1000000);
  if (!std::is_sorted(t.restart_epochs.begin(), t.restart_epochs.end())) {
    reader.fail("restart_epochs", "they do not rise", "write the numbers of epochs in order");
  }
  t.steps = read_steps(reader);
  reader.read("label_smoothing", t.label_smoothing, 0.0, 0.99);
  reader.read("mixup_probability", t.mixup_probability, 0.0, 1.0);
  reader.read("ema_decay", t.ema_decay, 0.0, 0.999999999);
  reader.read("seed", t.seed);
  reader.read("keep_checkpoints", t.keep_checkpoints, 1, 10000);
  reader.read_choice("best_by", t.best_by, known_best_by());
  TableReader distillation =
      TableReader(reader.table("distillation"), "training.distillation", file);
  distillation.read("teachers", t.distillation.teachers);
  distillation.read("specification", t.distillation.specification);
  distillation.read("weight", t.distillation.weight, 0.0, 1.0);
  distillation.read("temperature", t.distillation.temperature, 0.01, 100.0);
  distillation.finish();
  if (t.schedule == "steps" && t.steps.empty()) {
    reader.fail("steps", "the schedule \"steps\" needs them", "write steps = [[5000, 0.001]]");
  }
  if (t.shards > t.batch_size) {
    reader.fail("shards", "there are more shards than clips in a batch",
                "make it at most batch_size");
  }
  reader.finish();
}

}  // namespace stapes
