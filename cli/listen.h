#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/command_line.h"
#include "toolkit/base/files.h"

namespace stapes::cli {

// What `stapes classify` and `stapes stream` have in common: they give recordings, the standard
// input or the microphone to the device's spotter and print what it hears.
struct ListenOptions {
  bool frame_by_frame = false;  // as `stapes stream` listens
  Path model;
  Path specification;
  std::vector<std::string> set;
  std::vector<Path> wav;
  bool standard_input = false;
  int rate_hz = 0;
  bool microphone = false;
  std::string device;

  std::optional<int32_t> window_ms;
  std::optional<int32_t> count;
  std::optional<int32_t> threshold;
  std::optional<int32_t> suppression_ms;
  std::optional<int32_t> latency_ms;
  std::optional<float> volume;
  bool carry_state = false;
  bool reference_faults = false;

  int32_t tail_ms = 500;
  bool verbose = false;
  bool json = false;
  Path dump_audio;
  Path dump_spectrograms;
};

// The options of both; what only one of them has, it adds itself. `options` must live as long.
void add_listen_options(Command& command, ListenOptions& options);

// Throws UsageError when no sound or more than one is named.
void listen(const ListenOptions& options);

}  // namespace stapes::cli
