#include "toolkit/training/train_command.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "toolkit/augmentation/sources.h"
#include "toolkit/base/error.h"
#include "toolkit/dataset/dataset.h"
#include "toolkit/graph/parameters.h"
#include "toolkit/graph/tflite_file.h"
#include "toolkit/network/model_parameters.h"
#include "toolkit/specification/trained_with.h"
#include "toolkit/training/history.h"
#include "toolkit/training/tensorboard/event_log.h"
#include "toolkit/training/trainer.h"

namespace stapes::training {
namespace {

Specification specification_of(const TrainCommand& command) {
  std::vector<std::string> overrides = command.overrides;
  if (command.epochs > 0) overrides.push_back(fmt::format("training.epochs={}", command.epochs));
  return read_specification(command.specification, overrides);
}

// The number of epochs does not count: a training may be continued for longer than it was meant to.
std::string fingerprint_of(const TrainCommand& command) {
  std::vector<std::string> overrides = command.overrides;
  overrides.emplace_back("training.epochs=1");
  return fingerprint(read_specification(command.specification, overrides));
}

std::string quoted(const std::string& word) {
  const bool plain = word.find_first_of(" \t\"'$\\*?[]()&|;<>") == std::string::npos;
  return plain && !word.empty() ? word : "'" + word + "'";
}

std::string resume_command(const TrainCommand& command) {
  std::string text = "stapes train " + quoted(command.specification.string());
  if (!command.data.empty()) text += " --data " + quoted(command.data.string());
  if (!command.output.empty()) text += " --output " + quoted(command.output.string());
  for (const std::string& override : command.overrides) text += " --set " + quoted(override);
  if (command.epochs > 0) text += fmt::format(" --epochs {}", command.epochs);
  if (command.threads > 0) text += fmt::format(" --threads {}", command.threads);
  if (command.device != "cpu") text += " --device " + command.device;
  if (command.tensorboard) text += " --tensorboard";
  return text + " --resume";
}

// Every file is decoded: one that is cut off would otherwise end the training when its turn comes,
// hours later.
dataset::Dataset usable_data(const Specification& specification, const TrainCommand& command) {
  dataset::LoadOptions options;
  options.check = dataset::Check::kDecode;
  options.decoded = {dataset::Split::kTrain, dataset::Split::kValidation};
  options.threads = command.threads;
  return dataset::load_dataset(specification, data_root(specification, command.data), options);
}

void print_warnings(const dataset::Dataset& data) {
  constexpr size_t kListed = 20;
  for (const std::string& warning : data.warnings) fmt::print(stderr, "warning: {}\n", warning);
  if (!data.skipped.empty()) {
    fmt::print(stderr, "warning: {}", dataset::skipped_text(data.skipped, kListed));
  }
}

void print_row(const HistoryRow& row, bool best) {
  fmt::print(
      "{:>5} {:>8} {:>10.2e} {:>8.4f} {:>8.2f} % {:>8.4f} {:>8.2f} % {:>8.2f} % {:>8.0f}{}\n",
      row.epoch, row.step, row.learning_rate, row.loss, 100 * row.accuracy, row.validation.loss,
      100 * row.validation.accuracy, 100 * row.validation.balanced_accuracy, row.clips_per_second,
      best ? "  best" : "");
  std::fflush(stdout);
}

void print_headings() {
  fmt::print("{:>5} {:>8} {:>10} {:>8} {:>10} {:>8} {:>10} {:>10} {:>8}\n", "epoch", "step", "rate",
             "loss", "accuracy", "val loss", "val acc.", "balanced", "clips/s");
  std::fflush(stdout);
}

// The model's date: when its specification was last changed, so that training it again, or with an
// interruption, gives the same file. $SOURCE_DATE_EPOCH goes before it.
std::optional<int64_t> date_of(const Specification& specification) {
  struct stat status {};
  if (std::getenv("SOURCE_DATE_EPOCH") != nullptr) return std::nullopt;
  if (::stat(specification.file.c_str(), &status) != 0) return std::nullopt;
  return static_cast<int64_t>(status.st_mtime);
}

void write_model(const Specification& specification, const network::Network& network,
                 const network::Weights& weights, const Path& path) {
  graph::Graph graph = network::lower(network, weights);
  graph.description = specification.description;
  graph::store_parameters(graph, network::model_parameters(specification), date_of(specification));
  graph::write_tflite(path, graph);
}

// A missing gnuplot must not spoil a training.
void draw_if_possible(const Path& folder, const std::vector<HistoryRow>& history) {
  try {
    draw_history(folder, history);
  } catch (const Error& error) {
    fmt::print(stderr, "warning: {}\n", error.what());
  }
}

}  // namespace

void run_train_command(const TrainCommand& command) {
  const Specification specification = specification_of(command);
  const dataset::Dataset data = usable_data(specification, command);
  const auto training = augmentation::training_source(specification, data);
  const auto validation =
      augmentation::clean_source(specification, data, dataset::Split::kValidation);
  const FrontEndSettings& front_end = specification.features.front_end;
  const network::Network network = network::expand(
      specification.network, {front_end.frames(), 1, front_end.filterbank_n_channels},
      static_cast<int>(data.classes.size()));

  TrainingOptions options;
  options.output = command.output.empty() ? Path("out") / specification.name : command.output;
  options.threads = command.threads;
  options.device = command.device;
  options.resume = command.resume;
  options.auto_resume = command.auto_resume;
  options.overwrite = command.overwrite;
  options.class_weights = data.class_weights(specification.data.class_weights);
  options.fingerprint = fingerprint_of(command);
  options.resume_command = resume_command(command);
  std::optional<EventLog> events;
  if (command.tensorboard) events.emplace(options.output / "train" / "tensorboard");
  options.on_start = [&](std::span<const HistoryRow> history) {
    if (events) events->begin(history);
  };
  options.on_epoch = [&](const HistoryRow& row, bool best) {
    print_row(row, best);
    if (events) events->write(row);
  };

  const std::optional<Teachers> teachers = teachers_of(specification, command.device);
  if (teachers) options.teachers = &*teachers;
  const auto processes = join_processes(std::chrono::seconds(command.timeout_seconds));
  const bool first = processes->rank() == 0;
  if (first) {
    print_warnings(data);
    fmt::print("{}: {} trainable parameters, {} training clips, {} validation clips, {} classes\n",
               specification.name, network.trainable_parameters(), training->size(),
               validation->size(), data.classes.size());
    print_headings();
  }
  const TrainingResult result =
      train(network, specification.training, *training, *validation, options, *processes);
  if (!first) return;
  const Path path = options.output / (specification.name + "_float.tflite");
  write_model(specification, network, result.weights, path);
  note_training(path, {command.specification, command.overrides, command.data});
  draw_if_possible(options.output / "train", result.history);
  const std::string& best_by = specification.training.best_by;
  fmt::print(
      "{}: {}, validation accuracy {:.2f} %, balanced {:.2f} %, loss {:.4f}\n"
      "Wrote {}\n",
      best_by == "last" ? "Last epoch" : "Best epoch by " + best_by, result.best_epoch,
      100 * result.best.accuracy, 100 * result.best.balanced_accuracy, result.best.loss,
      path.string());
}

}  // namespace stapes::training
