// How many training examples per second of processor time are made with every augmentation step on:
// decoding from disk, speed, room, trimming, placement, gain, ambient and microphone noise, the
// front end over lead-in and window, normalization, SpecAugment.
//
//   bin/augmentation_benchmark --specification models/commands12.toml --data FOLDER
//
// benchmarks/augmentation_peer.py does the same on the same files with the reference toolkit's
// libraries; `--list FILE` writes the files for it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ctime>
#include <vector>

#include "toolkit/augmentation/sources.h"
#include "toolkit/base/error.h"
#include "toolkit/base/parallel.h"
#include "toolkit/dataset/dataset.h"

namespace {

using stapes::Specification;

// Each step for every clip.
void switch_everything_on(Specification& specification) {
  stapes::AugmentationSettings& augmentation = specification.augmentation;
  augmentation.speed_probability = 1.0;
  augmentation.room_probability = 1.0;
  augmentation.trim_db = 30.0;
  augmentation.gain_probability = 1.0;
  augmentation.ambient_probability = 1.0;
  augmentation.microphone_probability = 1.0;
  augmentation.time_masks = 2;
  augmentation.frequency_masks = 2;
}

// Examples per second of processor time, which is what one core makes, whatever else the machine is
// doing. Each thread makes every n-th of them.
double measure(const stapes::augmentation::ExampleSource& source, size_t examples, int threads) {
  const auto lanes = static_cast<size_t>(threads);
  const std::clock_t start = std::clock();
  stapes::parallel_for(lanes, threads, [&](size_t lane) {
    std::vector<float> features(source.values_per_example());
    for (size_t i = lane; i < examples; i += lanes) {
      source.fill(i / source.size(), i % source.size(), features);
    }
  });
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  return static_cast<double>(examples) / seconds;
}

void write_list(const stapes::Path& path, const stapes::dataset::Dataset& data) {
  constexpr auto kTrain = stapes::dataset::Split::kTrain;
  std::string text;
  const auto add = [&text](const char* kind, const stapes::Path& file) {
    text += fmt::format("{},{}\n", kind, file.string());
  };
  for (const auto& clip : data.clips_of(kTrain)) add("clip", clip.path);
  for (const auto& file : data.rooms.of(kTrain)) add("room", file);
  for (const auto& file : data.ambient.of(kTrain)) add("ambient", file);
  for (const auto& file : data.microphone.of(kTrain)) add("microphone", file);
  stapes::write_text_file(path, text);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Training examples per second with every augmentation step on");
  std::string specification_file;
  std::string data_folder;
  std::string list_file;
  size_t examples = 4000;
  int threads = 1;
  int rounds = 3;
  bool as_specified = false;
  app.add_option("--specification", specification_file, "model specification")->required();
  app.add_option("--data", data_folder, "where the recordings lie");
  app.add_option("--examples", examples, "examples per round")->check(CLI::PositiveNumber);
  app.add_option("--threads", threads, "threads")->check(CLI::PositiveNumber);
  app.add_option("--rounds", rounds, "the best round counts")->check(CLI::PositiveNumber);
  app.add_flag("--as-specified", as_specified, "keep the specification's own probabilities");
  app.add_option("--list", list_file, "write the files' names here, for the peer");
  CLI11_PARSE(app, argc, argv);

  try {
    Specification specification = stapes::read_specification(specification_file);
    if (!as_specified) switch_everything_on(specification);
    stapes::dataset::Dataset data =
        stapes::dataset::load_dataset(specification, stapes::data_root(specification, data_folder));
    if (data.microphone.of(stapes::dataset::Split::kTrain).empty()) data.microphone = data.ambient;
    if (!list_file.empty()) write_list(list_file, data);
    const auto source = stapes::augmentation::training_source(specification, data);
    measure(*source, std::min<size_t>(examples, 500), threads);  // fills the caches
    double best = 0.0;
    for (int round = 0; round < rounds; ++round) {
      best = std::max(best, measure(*source, examples, threads));
    }
    fmt::print(
        "augmentation and front end, {} thread{}: {:.0f} clips/s per core ({:.3f} ms per clip)\n",
        threads, threads == 1 ? "" : "s", best, 1000.0 / best);
    fmt::print(
        "the reference toolkit's own function, measured in another run: 187 clips/s per core; "
        "ratio {:.1f}\n",
        best / 187.0);
  } catch (const stapes::Error& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
  return 0;
}
