// Time of the front end per frame, at keyword_spotting_numbers settings or those of a file:
//   frontend_benchmark [--settings FILE] [--plain] [--seconds 5]
// Prints microseconds per frame: the median over repetitions of one second of sound.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "device/frontend/front_end.h"
#include "toolkit/base/philox.h"
#include "toolkit/specification/front_end_parameters.h"

namespace {

// Those of models/tutorial_numbers.toml.
stapes::FrontEndSettings default_settings() {
  stapes::FrontEndSettings settings;
  settings.window_size_ms = 30;
  settings.filterbank_n_channels = 40;
  settings.noise_reduction_enable = true;
  settings.noise_reduction_min_signal_remaining = 0.40F;
  settings.dc_notch_filter_enable = true;
  return settings;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Time of the audio front end per frame");
  std::string file;
  bool plain = false;
  double seconds = 2;
  app.add_option("--settings", file, "Text file with one \"fe.key value\" a line");
  app.add_flag("--plain", plain, "Only portable code, without the processor's vector instructions");
  app.add_option("--seconds", seconds, "How long to measure");
  CLI11_PARSE(app, argc, argv);

  stapes::FrontEndSettings settings = default_settings();
  if (!file.empty()) stapes::read_front_end_parameters(settings, file);
  struct alignas(stapes::kTableAlignment) Block {
    uint8_t bytes[stapes::kTableAlignment];
  };
  std::vector<Block> memory(stapes::FrontEnd::required_memory(settings) / sizeof(Block) + 1);
  stapes::FrontEnd front_end;
  const stapes::Status status =
      front_end.initialize(settings, memory.data(), memory.size() * sizeof(Block));
  if (!status.ok()) {
    fmt::print(stderr, "error: {}\n", status.message);
    return 1;
  }

  if (plain) front_end.use_kernels(stapes::plain_front_end_kernels());

  stapes::Random random(1, stapes::Purpose::kTest);
  std::vector<int16_t> sound(static_cast<size_t>(settings.clip_samples()));
  for (int16_t& sample : sound) sample = static_cast<int16_t>(1000 * random.normal());
  std::vector<double> microseconds_per_frame;
  uint32_t checksum = 0;
  const auto start = std::chrono::steady_clock::now();
  for (auto now = start; std::chrono::duration<double>(now - start).count() < seconds;) {
    int frames = 0;
    front_end.reset();
    front_end.process(sound.data(), static_cast<int32_t>(sound.size()), [&](const uint16_t* row) {
      ++frames;
      checksum += row[0];
    });
    const auto end = std::chrono::steady_clock::now();
    microseconds_per_frame.push_back(std::chrono::duration<double, std::micro>(end - now).count() /
                                     frames);
    now = end;
  }
  auto middle = microseconds_per_frame.begin() +
                static_cast<std::ptrdiff_t>(microseconds_per_frame.size() / 2);
  std::nth_element(microseconds_per_frame.begin(), middle, microseconds_per_frame.end());
  fmt::print("{:.3f}\n", *middle);
  return checksum == 0 ? 1 : 0;
}
