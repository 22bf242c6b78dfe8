#include "toolkit/augmentation/features.h"

#include <fmt/format.h>

#include <algorithm>

#include "device/frontend/model_input.h"
#include "toolkit/base/error.h"

namespace stapes {

FeatureExtractor::FeatureExtractor(const FeatureSettings& settings) : settings_(settings) {
  const size_t blocks = FrontEnd::required_memory(settings.front_end) / sizeof(Block) + 1;
  memory_ = std::make_unique<Block[]>(blocks);
  const Status status =
      front_end_.initialize(settings.front_end, memory_.get(), blocks * sizeof(Block));
  if (!status.ok()) {
    throw Error("cannot set up the front end", "", status.message, "change that setting");
  }
}

std::vector<uint16_t> FeatureExtractor::spectrogram(std::span<const int16_t> samples) {
  front_end_.reset();
  const auto count = static_cast<int32_t>(samples.size());
  std::vector<uint16_t> rows;
  rows.reserve(static_cast<size_t>(settings_.front_end.frames(count)) *
               static_cast<size_t>(channels()));
  front_end_.process(samples.data(), count,
                     [&](const uint16_t* row) { rows.insert(rows.end(), row, row + channels()); });
  return rows;
}

void FeatureExtractor::normalize(std::span<const uint16_t> rows, std::span<float> output) const {
  const auto count = static_cast<int32_t>(rows.size());
  switch (settings_.normalization) {
    case Normalization::kMeanAndStd:
      normalize_mean_and_std(rows.data(), count, output.data());
      break;
    case Normalization::kRescale:
      rescale(rows.data(), count, static_cast<float>(settings_.rescale), output.data());
      break;
    case Normalization::kNone:
      rescale(rows.data(), count, 1.0F, output.data());
      break;
  }
}

void FeatureExtractor::model_input(std::span<const int16_t> samples, std::span<float> output,
                                   const ChangeRows& change) {
  std::vector<uint16_t> rows = spectrogram(samples);
  if (rows.size() < values()) {
    throw Error("cannot make a model input", "",
                fmt::format("{} samples are fewer than the {} of one inference", samples.size(),
                            settings_.front_end.clip_samples()),
                "give a longer piece of sound");
  }
  const std::span<uint16_t> input = std::span(rows).last(values());
  if (change) change(input);
  normalize(input, output);
}

}  // namespace stapes
