#include "toolkit/augmentation/augmented_source.h"

#include "toolkit/audio/clip.h"
#include "toolkit/augmentation/spec_augment.h"

namespace stapes::augmentation {

AugmentedSource::AugmentedSource(const Specification& specification,
                                 const dataset::Dataset& dataset)
    : specification_(specification),
      clips_(dataset.clips_of(dataset::Split::kTrain)),
      classes_(dataset.classes),
      class_counts_(dataset.class_counts(dataset::Split::kTrain)),
      unknown_label_(dataset.unknown_label),
      augmenter_(specification, dataset),
      extractors_(specification.features) {}

Draws AugmentedSource::draws(uint64_t epoch, size_t index) const {
  return draw(specification_, clips_[index].label == unknown_label_, epoch, index);
}

int AugmentedSource::fill(uint64_t epoch, size_t index, std::span<float> features) const {
  const dataset::ClipReference& clip = clips_[index];
  const Draws chance = draws(epoch, index);
  const Augmenter::Example example = augmenter_.apply(clip, chance);
  const std::vector<int16_t> pcm = audio::to_pcm16(example.samples);
  FeatureExtractor::ChangeRows change;
  if (chance.tract.changes()) {
    change = [&](std::span<uint16_t> rows) {
      change_vocal_tract(rows, chance.tract, specification_.features.front_end);
    };
  }
  extractors_.borrow(
      [&](FeatureExtractor& extractor) { extractor.model_input(pcm, features, change); });

  const AugmentationSettings& settings = specification_.augmentation;
  if (settings.time_masks > 0 || settings.frequency_masks > 0) {
    const bool centred = specification_.features.normalization == Normalization::kMeanAndStd;
    Random random(specification_.training.seed, Purpose::kSpecAugment, epoch, index);
    spec_augment(features, extractors_.channels(), centred ? 0.0F : mean_value(features), settings,
                 random);
  }
  return clip.label;
}

}  // namespace stapes::augmentation
