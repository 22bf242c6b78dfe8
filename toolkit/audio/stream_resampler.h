#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace stapes::audio {

// Band-limited resampling of 16-bit sound that comes piece by piece; how it is cut makes no
// difference to the result. Where both rates are equal, the samples pass as they are.
class StreamResampler {
 public:
  // REQUIRES: both > 0
  StreamResampler(int from_hz, int to_hz);
  ~StreamResampler();
  StreamResampler(StreamResampler&&) noexcept;
  StreamResampler& operator=(StreamResampler&&) noexcept;

  // What can be said now; the filter holds some milliseconds back.
  std::vector<int16_t> push(std::span<const int16_t> samples);
  // The rest. Nothing may be pushed after it.
  std::vector<int16_t> finish();

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;  // null: equal rates
};

}  // namespace stapes::audio
