#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "toolkit/base/files.h"

namespace stapes::cli {

// Sound that comes piece by piece: 16-bit samples at the rate that the model wants.
class SoundInput {
 public:
  virtual ~SoundInput() = default;
  // The next piece; false when there is none any more. Ctrl-C makes it return early.
  virtual bool read(std::vector<int16_t>& samples) = 0;
  virtual std::string name() const = 0;
};

// Each throws Error, in one line, when the source cannot be used.
std::unique_ptr<SoundInput> open_file(const Path& file, int wanted_rate_hz);
std::unique_ptr<SoundInput> open_standard_input(int rate_hz, int wanted_rate_hz);
std::unique_ptr<SoundInput> open_microphone(int wanted_rate_hz, const std::string& device);

}  // namespace stapes::cli
