#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "device/frontend/front_end.h"

namespace stapes::test {

// Those of models/tutorial_numbers.toml.
inline FrontEndSettings keyword_spotting_numbers() {
  FrontEndSettings settings;
  settings.window_size_ms = 30;
  settings.filterbank_n_channels = 40;
  settings.noise_reduction_enable = true;
  settings.noise_reduction_min_signal_remaining = 0.40F;
  settings.dc_notch_filter_enable = true;
  return settings;
}

// A front end with its memory. The memory is exactly as large as the front end says, so that the
// address sanitizer sees any access beyond it.
class TestFrontEnd : public FrontEnd {
 public:
  explicit TestFrontEnd(const FrontEndSettings& settings) {
    const size_t size = required_memory(settings);
    memory_.reset(new (std::align_val_t{kTableAlignment}) uint8_t[size]);
    const Status status = initialize(settings, memory_.get(), size);
    EXPECT_TRUE(status.ok()) << status.message;
  }

  // All rows that `samples` complete.
  std::vector<uint16_t> rows(const std::vector<int16_t>& samples) {
    std::vector<uint16_t> result;
    process(samples.data(), static_cast<int32_t>(samples.size()),
            [&](const uint16_t* row) { result.insert(result.end(), row, row + channels()); });
    return result;
  }

 private:
  struct Free {
    void operator()(uint8_t* memory) const {
      ::operator delete[](memory, std::align_val_t{kTableAlignment});
    }
  };
  std::unique_ptr<uint8_t[], Free> memory_;
};

}  // namespace stapes::test
