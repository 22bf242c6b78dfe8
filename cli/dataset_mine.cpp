#include <fmt/format.h>

#include <map>
#include <memory>

#include "cli/dataset.h"
#include "toolkit/base/error.h"
#include "toolkit/dataset/scan.h"
#include "toolkit/evaluation/mining.h"
#include "toolkit/specification/evaluation_settings.h"

namespace stapes::cli {
namespace {

struct Arguments {
  std::string model;
  std::vector<std::string> recordings;
  std::string specification;
  std::vector<std::string> set;
  std::string data;
  std::string output;
  evaluation::MiningOptions options;
};

// What the training split has of noise and of sentences.
void add_training_sound(const Arguments& arguments, const Specification& specification,
                        std::vector<Path>& recordings) {
  const Path root = data_root(specification, arguments.data);
  const auto add = [&](const std::vector<Path>& paths, const std::string& splits,
                       const std::string& key) {
    const dataset::SoundFiles files = dataset::scan_sounds(paths, splits, key, root);
    const std::vector<Path>& training = files.of(dataset::Split::kTrain);
    recordings.insert(recordings.end(), training.begin(), training.end());
  };
  const NoiseSettings& noise = specification.data.noise;
  add(noise.ambient, noise.splits, "data.noise.ambient");
  const EvaluationSettings heard = read_evaluation_settings(arguments.specification, arguments.set);
  add(heard.speech, heard.splits, "evaluation.speech");
}

void run(const Arguments& arguments) {
  if (arguments.specification.empty() && !arguments.set.empty()) {
    throw UsageError("--set changes a specification, and none is named");
  }
  if (arguments.specification.empty() && arguments.recordings.empty()) {
    throw UsageError("name recordings, or with --spec a specification whose noise is to be heard");
  }
  const std::vector<Path> named(arguments.recordings.begin(), arguments.recordings.end());
  std::vector<Path> recordings =
      dataset::scan_sounds(named, "", "RECORDINGS", std::filesystem::current_path())
          .of(dataset::Split::kTrain);
  evaluation::TestModel model;
  if (arguments.specification.empty()) {
    model = evaluation::read_test_model(arguments.model, nullptr);
  } else {
    const Specification specification = read_specification(arguments.specification, arguments.set);
    model = evaluation::read_test_model(arguments.model, &specification);
    add_training_sound(arguments, specification, recordings);
  }
  if (recordings.empty()) {
    throw Error("cannot listen", arguments.specification,
                "there are no recordings of the training split", "name others");
  }
  const auto found = evaluation::find_hard_negatives(model, recordings, arguments.options);
  evaluation::write_hard_negatives(found, model, arguments.output);
  std::map<std::string, size_t> counts;
  for (const evaluation::HardNegative& window : found) ++counts[window.keyword];
  for (const auto& [keyword, count] : counts) fmt::print("{:<12} {}\n", keyword, count);
  fmt::print("{} windows of {} recordings are in {}\n", found.size(), recordings.size(),
             arguments.output);
}

}  // namespace

void add_dataset_mine(Command& dataset) {
  Command command = dataset.add_command(
      "mine",
      "Find hard negatives: hear recordings without keywords with a trained model, and write each "
      "window that it takes for a keyword as a clip of the unknown class, to train with.");
  const auto arguments = std::make_shared<Arguments>();
  command.add_option("MODEL", arguments->model, "Trained model (.tflite), float or int8")
      .required();
  command.add_option("RECORDINGS", arguments->recordings,
                     "Files or folders of sound of any length in which no keyword is said; where a "
                     "manifest.csv gives some to validation or test, those are left out");
  command.add_option("--spec", arguments->specification,
                     "Specification: also hear the training split of its data.noise.ambient and "
                     "evaluation.speech");
  command.add_set_option(arguments->set, "data.noise.ambient=[\"street\"]");
  command.add_option("--data", arguments->data, "Where the recordings lie (else $STAPES_DATA)");
  command
      .add_option("--output", arguments->output,
                  "Folder to write to: clips in _unknown_/mined, manifest.csv, and mined.csv, "
                  "which says what was found where")
      .required();
  command
      .add_option("--score", arguments->options.score,
                  "Score of a keyword from which on a window is taken")
      .range(0.0, 1.0)
      .show_default();
  command.add_option("--hop", arguments->options.hop_ms, "Milliseconds between inferences")
      .range(1, 60000)
      .show_default();
  command
      .add_option("--suppression", arguments->options.suppression_ms,
                  "Of windows within so many milliseconds only the one that scores highest")
      .range(0, 3600000)
      .show_default();
  command
      .add_option("--maximum", arguments->options.maximum,
                  "At most so many windows, those that score highest (0: all)")
      .show_default();
  command.add_option("--threads", arguments->options.threads,
                     "Recordings at a time (default: one per core); the result is the same");
  command.callback([arguments] { run(*arguments); });
}

}  // namespace stapes::cli
