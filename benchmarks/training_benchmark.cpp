// How many clips a second training takes: everything (recordings from disk, augmentation, front
// end, forward, backward, optimizer) beside the bare forward and backward of libtorch, and of our
// own kernels, on features that are ready in memory, on the same number of cores, in one run. The
// processor time of a clip is what to compare on a machine that others use too.
//
//   training_benchmark models/commands12.toml --data FOLDER
#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <ctime>

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
  double processor_seconds() const {  // of all threads
    return static_cast<double>(std::clock() - processor_start_) / CLOCKS_PER_SEC;
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::clock_t processor_start_ = std::clock();
};

struct Rate {
  Rate(size_t clips, const Stopwatch& watch)
      : per_second(static_cast<double>(clips) / watch.seconds()),
        milliseconds(watch.processor_seconds() * 1000 / static_cast<double>(clips)) {}
  double per_second;
  double milliseconds;  // of processor time for each clip
};

void print(const std::string& what, const Rate& rate) {
  fmt::print("{:<44} {:8.0f} clips/s {:8.3f} ms of a processor for each\n", what, rate.per_second,
             rate.milliseconds);
}

// Forward and backward of whole batches, one batch on each thread at a time.
Rate forward_and_backward(const training::Model& model, const network::Network& network,
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
  const training::Shard shard{features, labels, ones, examples, batch, 0, 1, 0};
  const auto on_each_thread = [&](double until, const Stopwatch& watch) {
    parallel_for(batches.size(), threads, [&](size_t t) {
      std::vector<float> gradient(weights.size());
      batches[t] = 0;
      do {
        model.gradient(weights, shard, gradient);
        ++batches[t];
      } while (watch.seconds() < until);
    });
  };
  on_each_thread(0, Stopwatch());  // takes the memory that the others use again
  const Stopwatch watch;
  on_each_thread(seconds, watch);
  size_t all = 0;
  for (const size_t count : batches) all += count;
  return {all * batch, watch};
}

Rate augmentation_alone(const augmentation::ExampleSource& source, int threads, size_t count) {
  const Stopwatch watch;
  parallel_for(count, threads, [&](size_t i) {
    std::vector<float> features(source.values_per_example());
    source.fill(1, i % source.size(), features);
  });
  return {count, watch};
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
  const auto batch = static_cast<size_t>(specification.training.batch_size);
  const auto shards = static_cast<size_t>(specification.training.shards);
  fmt::print("{}, {} threads\n", specification.name, threads);
  const auto measure = [&](const char* name, size_t examples, bool own_kernels) {
    const training::Model model(network, "cpu", own_kernels);
    const Rate rate = forward_and_backward(model, network, *source, examples, threads, seconds);
    print(fmt::format("{}, {} clips at once, no data", name, examples), rate);
    return rate;
  };
  const Rate bare = measure("bare libtorch", batch, false);
  measure("bare libtorch", batch / shards, false);
  measure("our kernels", batch / shards, true);
  print("augmentation and front end alone",
        augmentation_alone(*source, threads, std::min<size_t>(source->size(), 4000)));

  training::TrainingOptions options;
  options.output = std::filesystem::temp_directory_path() /
                   fmt::format("stapes_training_benchmark_{}", ::getpid());
  options.threads = threads;
  options.overwrite = true;
  const Stopwatch watch;
  const training::TrainingResult result = training::train(network, specification.training, *source,
                                                          *validation, options, *training::alone());
  const double processor_seconds = watch.processor_seconds();
  std::filesystem::remove_all(options.output);
  const double rate = result.history.back().clips_per_second;
  fmt::print(
      "training with all augmentation               {:8.0f} clips/s = {:.2f} of bare libtorch\n",
      rate, rate / bare.per_second);
  fmt::print("  validation included                                         {:8.3f} ms\n",
             processor_seconds * 1000 / static_cast<double>(source->size()) / epochs);
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
