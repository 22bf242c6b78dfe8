#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/commands.h"
#include "cli/operating_points.h"
#include "toolkit/augmentation/clean_source.h"
#include "toolkit/base/error.h"
#include "toolkit/evaluation/condition.h"
#include "toolkit/evaluation/results.h"
#include "toolkit/evaluation/run.h"
#include "toolkit/evaluation/test_data.h"
#include "toolkit/evaluation/test_model.h"
#include "toolkit/specification/trained_with.h"

namespace stapes::cli {
namespace {

using evaluation::Condition;
using evaluation::Result;
using evaluation::TestModel;

struct Options {
  Path model;
  Path reference;
  bool no_reference = false;
  Path dataset;
  Path data;
  std::string split = "test";
  std::string conditions = "clean";
  uint64_t noise_seed = augmentation::CleanOptions().noise_seed;
  bool carry_state = false;
  Path output;
  bool json = false;
  int threads = 0;
  std::vector<std::string> set;
  bool finds_operating_points = false;
  OperatingPointOptions operating_points;
};

// NAME_float.tflite beside NAME_int8.tflite.
Path float_model_beside(const Path& model) {
  const std::string suffix = "_int8.tflite";
  std::string name = model.filename().string();
  if (!name.ends_with(suffix)) return {};
  name.replace(name.size() - suffix.size(), suffix.size(), "_float.tflite");
  const Path path = model.parent_path() / name;
  return std::filesystem::is_regular_file(path) ? path : Path();
}

OperatingPointOptions operating_point_options(const Options& options) {
  if (std::filesystem::is_directory(options.dataset)) {
    throw UsageError(
        "--operating-points needs words, noise and splits; name a specification: --dataset "
        "SPEC.toml");
  }
  OperatingPointOptions result = options.operating_points;
  result.model = options.model;
  result.specification = options.dataset;
  result.set = options.set;
  result.data = options.data;
  result.judge = options.split;
  result.output = options.output;
  result.seed = options.noise_seed;
  result.json = options.json;
  result.threads = options.threads;
  return result;
}

void require_dataset(Options& options) {
  if (!options.dataset.empty()) return;
  if (take_noted_training(options.model, options.dataset, options.set, options.data)) return;
  throw UsageError(
      "say what to test with: --dataset SPEC.toml (the model's specification) or --dataset "
      "FOLDER (a folder per word)");
}

struct Test {
  std::vector<TestModel> models;  // the one in question, then perhaps the reference
  Specification specification;    // with the models' front end
  dataset::Dataset data;
  dataset::Split split = dataset::Split::kTest;
  std::vector<Condition> conditions;
};

Test prepare(const Options& options) {
  Test test;
  test.split = dataset::parse_split(options.split, "--split");
  test.conditions = evaluation::parse_conditions(options.conditions);
  const bool is_folder = std::filesystem::is_directory(options.dataset);
  if (is_folder && !options.set.empty()) {
    throw UsageError("--set changes a specification, and --dataset names a folder");
  }
  if (!is_folder) test.specification = read_specification(options.dataset, options.set);

  const Specification* known = is_folder ? nullptr : &test.specification;
  test.models.push_back(evaluation::read_test_model(options.model, known));
  const Path reference =
      options.reference.empty() ? float_model_beside(options.model) : options.reference;
  if (!reference.empty() && !options.no_reference) {
    test.models.push_back(evaluation::read_test_model(reference, known));
    evaluation::require_same_front_end(test.models[0], test.models[1]);
  }
  if (is_folder) {
    test.specification =
        evaluation::folder_specification(options.dataset, test.models.front().classes);
  }
  test.specification.features = test.models.front().features;
  const Path root = is_folder ? options.dataset : data_root(test.specification, options.data);
  test.data = evaluation::load_test_data(test.specification, root, test.split);
  for (const std::string& warning : test.data.warnings) {
    fmt::print(stderr, "warning: {}\n", warning);
  }
  if (!test.data.skipped.empty()) {
    fmt::print(stderr, "warning: {}", dataset::skipped_text(test.data.skipped));
  }
  return test;
}

// One result per model, the second without agreement.
std::vector<Result> run_condition(const Test& test, const Condition& condition,
                                  const Options& options) {
  augmentation::CleanOptions sound;
  sound.noise_snr_db = condition.snr_db;
  sound.noise_seed = options.noise_seed;
  const augmentation::CleanSource source(test.specification, test.data, test.split, sound);

  evaluation::RunOptions run_options;
  run_options.carry_state = options.carry_state;
  run_options.threads = options.threads;
  run_options.title = fmt::format("Evaluating ({})", condition.name());
  const auto start = std::chrono::steady_clock::now();
  const auto scores = evaluation::run_models(test.models, source, run_options);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;

  std::vector<Result> results;
  for (size_t m = 0; m < scores.size(); ++m) {
    Result result;
    result.model = test.models[m].name;
    result.condition = condition.name();
    result.metrics = evaluation::compute_metrics(scores[m]);
    result.clips_per_second = static_cast<double>(source.size()) / seconds.count();
    if (m == 0 && scores.size() > 1) {
      result.agreement = evaluation::compare(scores[0], scores[1]);
      result.reference_model = test.models[1].name;
    }
    results.push_back(std::move(result));
  }
  return results;
}

void print_text(const std::vector<std::vector<Result>>& results) {
  for (const std::vector<Result>& of_condition : results) {
    for (const Result& result : of_condition) {
      const bool clean = result.condition == "clean";
      if (!clean) fmt::print("Condition: noise at {}\n", result.condition);
      fmt::print("{}\n{}\n", evaluation::summary_text(result.model, result.metrics),
                 evaluation::details_text(result));
    }
  }
  if (results.size() > 1 || results.front().size() > 1) {
    fmt::print("{}", evaluation::overview_text(results));
  }
}

// Into FOLDER/<condition>/, or FOLDER itself where there is only one condition.
void write_files(const std::vector<std::vector<Result>>& results, const Path& folder) {
  for (const std::vector<Result>& of_condition : results) {
    std::string name = of_condition.front().condition;
    std::replace(name.begin(), name.end(), ' ', '_');
    const Path place = results.size() == 1 ? folder : folder / name;
    for (const Result& result : of_condition) {
      const std::string prefix = &result == &of_condition.front() ? "" : result.model + "-";
      write_text_file(place / (prefix + "eval-results.json"),
                      evaluation::to_json(result).dump(1) + "\n");
      write_text_file(place / (prefix + "summary.txt"),
                      evaluation::summary_text(result.model, result.metrics) + "\n" +
                          evaluation::details_text(result));
      evaluation::write_pictures(result, place);
    }
  }
  fmt::print(stderr, "JSON and pictures are in {}\n", folder.string());
}

// One object: the model under the first condition, and the rest within it.
nlohmann::ordered_json all_as_json(const std::vector<std::vector<Result>>& results) {
  nlohmann::ordered_json json = evaluation::to_json(results.front().front());
  if (results.front().size() > 1) {
    json["reference"] = evaluation::to_json(results.front()[1]);
  }
  if (results.size() > 1) {
    json["conditions"] = nlohmann::ordered_json::array();
    for (const std::vector<Result>& of_condition : results) {
      nlohmann::ordered_json entry = evaluation::to_json(of_condition.front());
      if (of_condition.size() > 1) entry["reference"] = evaluation::to_json(of_condition[1]);
      json["conditions"].push_back(std::move(entry));
    }
  }
  return json;
}

void run(Options options) {
  require_dataset(options);
  if (options.finds_operating_points) {
    find_operating_points(operating_point_options(options));
    return;
  }
  const Test test = prepare(options);
  Path output = options.output;
  if (output.empty() && !options.json) output = test.models.front().name + "_evaluation";
  if (!output.empty()) {  // before the long work, not after it
    std::error_code code;
    std::filesystem::create_directories(output, code);
    if (code) {
      throw Error("cannot write", output.string(), code.message(), "choose another --output");
    }
  }
  std::vector<std::vector<Result>> results;
  for (const Condition& condition : test.conditions) {
    results.push_back(run_condition(test, condition, options));
  }
  if (options.json) {
    fmt::print("{}\n", all_as_json(results).dump());
  } else {
    print_text(results);
  }
  std::fflush(stdout);
  if (!output.empty()) write_files(results, output);
}

}  // namespace

void add_evaluate(Command& app) {
  auto options = std::make_shared<Options>();
  Command command =
      app.add_command("evaluate", "Measure how well a model knows the words of test recordings");
  command.add_option("MODEL", options->model, "Model: .tflite (float or int8) or .mltk.zip")
      .required();
  command.add_option(
      "--dataset,--spec", options->dataset,
      "What to test with: the model's specification (SPEC.toml), or a folder with a "
      "folder per word; words that the model does not know count as _unknown_. Default: "
      "the specification that `stapes train` noted beside the model");
  command.add_option("--data", options->data,
                     "Where the specification's recordings lie; default: $STAPES_DATA, else "
                     "data.root");
  command.add_set_option(options->set, "data.root=/tmp/words");
  command.add_option("--split", options->split, "test, validation or train")
      .one_of({"test", "validation", "train"})
      .show_default();
  command
      .add_option("--noise", options->conditions,
                  "Conditions to test under: clean, and noise at signal-to-noise ratios in dB, "
                  "e.g. clean,20,10,0; always the same noise for the same clip")
      .show_default();
  command.add_option("--noise-seed", options->noise_seed, "Chooses the noise").show_default();
  const Argument reference = command.add_option(
      "--reference", options->reference,
      "A model to compare with, usually the float one; default for NAME_int8.tflite: "
      "NAME_float.tflite beside it");
  command.add_flag("--no-reference", options->no_reference, "Compare with no other model")
      .excludes(reference);
  command.add_flag("--carry-state", options->carry_state,
                   "Keep the LSTM's state from clip to clip, as MLTK does; default: every clip "
                   "starts from the reset state");
  command.add_option("-o,--output", options->output,
                     "Folder for eval-results.json and pictures; default: NAME_evaluation, "
                     "nothing with --json");
  const Argument points =
      command.add_flag("--operating-points", options->finds_operating_points,
                       "Instead: hear hours of continuous sound with the device's detector, and "
                       "find a threshold for "
                       "each word. Chosen on the validation split, reported on --split");
  command
      .add_option("--false-accepts", options->operating_points.false_accepts_per_hour,
                  "How many false accepts per hour are wanted, all words together")
      .range(0.0, 3600.0)
      .needs(points)
      .show_default();
  command
      .add_option("--hours", options->operating_points.hours,
                  "Of sound without keywords, for each of the two splits")
      .range(0.01, 1000.0)
      .needs(points)
      .show_default();
  command
      .add_option("--windows", options->operating_points.windows_ms,
                  "Try these durations for the average (ms), e.g. 300,450,600, and choose one; "
                  "default: the model's")
      .range(0, 60000)
      .delimiter(',')
      .needs(points);
  command
      .add_option("--inference-every", options->operating_points.intervals_ms,
                  "Also say what the chosen thresholds do on a slower processor, with an inference "
                  "every so many ms, e.g. 40,80,160")
      .range(10, 60000)
      .delimiter(',')
      .needs(points);
  command
      .add_flag("--one-threshold", options->operating_points.one_threshold,
                "The same threshold for all words, where the validation split has too few clips of "
                "some to choose by")
      .needs(points);
  command.add_flag("--json", options->json, "Print one JSON object instead of text");
  command.add_option("--threads", options->threads, "0: one per core")
      .range(0, 1024)
      .show_default();
  command.callback([options] { run(*options); });
}

}  // namespace stapes::cli
