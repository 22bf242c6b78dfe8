// How many clips a second training takes: everything (recordings from disk, augmentation, front
// end, forward, backward, optimizer) beside the bare forward and backward of libtorch on features
// that are ready in memory, on the same number of cores, in one run.
//
//   training_benchmark models/commands12.toml --data FOLDER
#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>

#include "toolkit/augmentation/sources.h"
#include "toolkit/base/parallel.h"
#include "toolkit/dataset/dataset.h"
#include "toolkit/network/network.h"
#include "toolkit/training/model.h"
#include "toolkit/training/trainer.h"

namespace {

using namespace stapes;

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// Forward and backward of whole batches, one batch on each thread at a time.
double bare_libtorch(const training::Model& model, const network::Network& network,
                     const augmentation::ExampleSource& source, size_t batch, int threads,
                     double seconds) {
  const std::vector<float> weights = model.layout().flatten(network::initialize(network, 1));
  const size_t values = source.values_per_example();
  std::vector<float> features(batch * values);
  std::vector<int32_t> labels(batch);
  std::vector<uint64_t> examples(batch);
  const std::vector<float> ones(batch, 1.0F);
  for (size_t i = 0; i < batch; ++i) {
    examples[i] = i % source.size();
    labels[i] = source.fill(0, i % source.size(), std::span(features).subspan(i * values, values));
  }
  std::vector<size_t> batches(static_cast<size_t>(threads));
  const Stopwatch watch;
  parallel_for(batches.size(), threads, [&](size_t t) {
    std::vector<float> gradient(weights.size());
    const training::Shard shard{features, labels, ones, examples, batch, 0, 1, 0};
    while (watch.seconds() < seconds) {
      model.gradient(weights, shard, gradient);
      ++batches[t];
    }
  });
  size_t all = 0;
  for (const size_t count : batches) all += count;
  return static_cast<double>(all * batch) / watch.seconds();
}

double augmentation_alone(const augmentation::ExampleSource& source, int threads, size_t count) {
  const Stopwatch watch;
  parallel_for(count, threads, [&](size_t i) {
    std::vector<float> features(source.values_per_example());
    source.fill(1, i % source.size(), features);
  });
  return static_cast<double>(count) / watch.seconds();
}

int run(int argc, char** argv) {
  CLI::App app("Measures training with all augmentation beside bare libtorch.");
  Path specification_file;
  Path data_folder;
  int threads = available_cores();
  int epochs = 2;
  double seconds = 10;
  app.add_option("specification", specification_file)->required();
  app.add_option("--data", data_folder, "Folder where the data sources' paths start");
  app.add_option("--threads", threads);
  app.add_option("--epochs", epochs, "Epochs of the training; the last one's rate counts");
  app.add_option("--seconds", seconds, "How long bare libtorch runs");
  CLI11_PARSE(app, argc, argv);
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);

  Specification specification =
      read_specification(specification_file, {fmt::format("training.epochs={}", epochs)});
  const dataset::Dataset data =
      dataset::load_dataset(specification, data_root(specification, data_folder));
  const auto source = augmentation::training_source(specification, data);
  const auto validation =
      augmentation::clean_source(specification, data, dataset::Split::kValidation);
  const FrontEndSettings& front_end = specification.features.front_end;
  const network::Network network = network::expand(
      specification.network, {front_end.frames(), 1, front_end.filterbank_n_channels},
      static_cast<int>(data.classes.size()));
  const training::Model model(network, "cpu");

  const auto batch = static_cast<size_t>(specification.training.batch_size);
  fmt::print("{}, {} threads\n", specification.name, threads);
  const double bare = bare_libtorch(model, network, *source, batch, threads, seconds);
  fmt::print("bare libtorch, batches of {}, no data     {:8.0f} clips/s\n", batch, bare);
  const double prepared = augmentation_alone(*source, threads, source->size());
  fmt::print("augmentation and front end alone         {:8.0f} clips/s\n", prepared);

  training::TrainingOptions options;
  options.output = std::filesystem::temp_directory_path() /
                   fmt::format("stapes_training_benchmark_{}", ::getpid());
  options.threads = threads;
  options.overwrite = true;
  const training::TrainingResult result = training::train(network, specification.training, *source,
                                                          *validation, options, *training::alone());
  std::filesystem::remove_all(options.output);
  const double rate = result.history.back().clips_per_second;
  fmt::print("training with all augmentation           {:8.0f} clips/s = {:.2f} of bare libtorch\n",
             rate, rate / bare);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}
