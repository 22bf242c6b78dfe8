#pragma once
#include <cstdint>
#include <utility>
#include <vector>

#include "toolkit/augmentation/bounded_cache.h"
#include "toolkit/base/files.h"

namespace stapes::augmentation {

// Stretches of recorded noise. The files' headers are read at the start; the sound itself is
// decoded when it is wanted, in chunks of 16 s, of which the last used are kept as 16-bit PCM up to
// a limit. So the memory depends neither on how many files there are nor on how long they are.
// Thread-safe.
class NoiseBank {
 public:
  static constexpr size_t kDefaultLimit = size_t{256} << 20;

  // `segment_samples`: how long the stretches are. Throws Error for a file that is not audio.
  NoiseBank(const std::vector<Path>& files, int sample_rate_hz, size_t segment_samples,
            size_t limit_bytes = kDefaultLimit);

  bool empty() const { return files_.empty(); }
  size_t size() const { return files_.size(); }
  const Path& path(uint64_t file) const { return files_[file % files_.size()].path; }

  // The stretch that begins at `start` (0 … 1) of where it can begin; a file shorter than that is
  // repeated, beginning anywhere in it. `file` is taken modulo size(). REQUIRES: !empty()
  std::vector<int16_t> segment(uint64_t file, double start) const;

  size_t used_bytes() const { return cache_.used_bytes(); }

 private:
  using Pcm = std::vector<int16_t>;
  struct File {
    Path path;
    size_t samples;  // at the wanted rate
  };

  BoundedCache<std::pair<size_t, size_t>, Pcm>::Pointer chunk(size_t file, size_t number) const;

  std::vector<File> files_;
  int sample_rate_hz_;
  size_t segment_samples_;
  size_t chunk_samples_;  // a chunk also holds what a segment beginning at its end needs
  BoundedCache<std::pair<size_t, size_t>, Pcm> cache_;
};

}  // namespace stapes::augmentation
