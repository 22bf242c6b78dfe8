#include "toolkit/augmentation/noise_bank.h"

#include <algorithm>
#include <cmath>

#include "toolkit/audio/read.h"

namespace stapes::augmentation {
namespace {

constexpr size_t kChunkSeconds = 16;

}  // namespace

NoiseBank::NoiseBank(const std::vector<Path>& files, int sample_rate_hz, size_t segment_samples,
                     size_t limit_bytes)
    : sample_rate_hz_(sample_rate_hz),
      segment_samples_(segment_samples),
      chunk_samples_(kChunkSeconds * static_cast<size_t>(sample_rate_hz)),
      cache_(limit_bytes) {
  for (const Path& path : files) {
    const double samples = audio::read_audio_info(path).seconds() * sample_rate_hz;
    files_.push_back({path, std::max<size_t>(1, static_cast<size_t>(std::llround(samples)))});
  }
}

BoundedCache<std::pair<size_t, size_t>, NoiseBank::Pcm>::Pointer NoiseBank::chunk(
    size_t file, size_t number) const {
  const File& source = files_[file];
  const auto decode = [&] {
    const size_t begin = number * chunk_samples_;
    const size_t count = std::min(source.samples - begin, chunk_samples_ + segment_samples_);
    const double rate = sample_rate_hz_;
    auto read = audio::read_audio_part(source.path, static_cast<double>(begin) / rate,
                                       static_cast<double>(count) / rate, {sample_rate_hz_});
    read.clip.samples.resize(count, 0.0F);  // resampling may have given one more or less
    return audio::to_pcm16(read.clip.samples);
  };
  return cache_.get({file, number}, decode,
                    [](const Pcm& pcm) { return pcm.size() * sizeof(int16_t); });
}

std::vector<int16_t> NoiseBank::segment(uint64_t file, double start) const {
  const size_t index = file % files_.size();
  const size_t samples = files_[index].samples;
  if (samples < segment_samples_) {
    const auto pcm = chunk(index, 0);
    Pcm repeated(segment_samples_);
    auto from = static_cast<size_t>(start * static_cast<double>(samples));
    for (size_t i = 0; i < repeated.size();) {
      const size_t count = std::min(samples - from, repeated.size() - i);
      std::copy_n(pcm->begin() + static_cast<std::ptrdiff_t>(from), count,
                  repeated.begin() + static_cast<std::ptrdiff_t>(i));
      i += count;
      from = 0;
    }
    return repeated;
  }
  const size_t beginnings = samples - segment_samples_ + 1;
  const auto begin = static_cast<size_t>(start * static_cast<double>(beginnings));
  const auto pcm = chunk(index, begin / chunk_samples_);
  const auto first = pcm->begin() + static_cast<std::ptrdiff_t>(begin % chunk_samples_);
  return {first, first + static_cast<std::ptrdiff_t>(segment_samples_)};
}

}  // namespace stapes::augmentation
