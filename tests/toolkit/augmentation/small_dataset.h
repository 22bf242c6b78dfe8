#pragma once
#include <fmt/format.h>

#include <string>

#include "tests/support/temporary_folder.h"
#include "tests/toolkit/audio/test_signals.h"
#include "toolkit/audio/read.h"
#include "toolkit/dataset/dataset.h"
#include "toolkit/specification/specification.h"

namespace stapes::test {

// Two keywords and other words, each clip a tone of its own; noise, microphone noise and rooms for
// every split. Everything is made here.
struct SmallDataset {
  TemporaryFolder folder;
  Specification specification;
  dataset::Dataset data;

  explicit SmallDataset(size_t clips_per_class = 8, size_t clip_samples = 12000) {
    specification.file = folder / "small.toml";
    specification.keywords = {"high", "low"};
    specification.training.seed = 7;
    AugmentationSettings& augmentation = specification.augmentation;
    augmentation.speed_probability = 0.5;
    augmentation.time_masks = 1;
    augmentation.frequency_masks = 1;
    specification.data.unknown.silence_probability = 0.2;
    specification.data.unknown.cropped_keyword_probability = 0.3;
    data.classes = specification.classes();
    data.unknown_label = specification.unknown_class();
    const std::vector<std::string> words = {"high", "low", "other"};
    for (const dataset::Split split : dataset::kSplits) {
      for (size_t word = 0; word < words.size(); ++word) {
        for (size_t i = 0; i < clips_per_class; ++i) {
          const double hz =
              300.0 + 500.0 * static_cast<double>(word) + 20.0 * static_cast<double>(i);
          const Path path =
              add(split, fmt::format("{}_{}.wav", words[word], i), word_like(hz, clip_samples));
          data.clips.push_back(
              {path, words[word], static_cast<int>(word), fmt::format("s{}", i), split, "test", 1});
        }
      }
      auto& ambient = data.ambient.files[static_cast<size_t>(split)];
      for (uint64_t i = 0; i < 3; ++i) {
        ambient.push_back(add(split, fmt::format("noise_{}.flac", i),
                              white_noise(0.2, 20000 + 30000 * i, 10 + i)));
      }
      data.microphone.files[static_cast<size_t>(split)] = {
          add(split, "microphone.wav", white_noise(0.01, 80000, 20))};
      std::vector<float> room = white_noise(0.05, 3000, 30);
      for (size_t i = 0; i < room.size(); ++i) {
        room[i] *= std::exp(-static_cast<float>(i) / 500.0F);
      }
      room[100] = 0.9F;
      data.rooms.files[static_cast<size_t>(split)] = {add(split, "room.wav", room)};
    }
  }

  // A tone that swells and fades in the middle third, silence around it.
  static std::vector<float> word_like(double hz, size_t samples) {
    std::vector<float> signal(samples, 0.0F);
    const std::vector<float> voice = tone(hz, 0.4, samples / 3);
    for (size_t i = 0; i < voice.size(); ++i) {
      const double part = static_cast<double>(i) / static_cast<double>(voice.size());
      signal[samples / 3 + i] = voice[i] * static_cast<float>(std::sin(std::numbers::pi * part));
    }
    return signal;
  }

  Path add(dataset::Split split, const std::string& name, const std::vector<float>& samples) {
    Path path = folder.path() / dataset::split_name(split) / name;
    audio::write_audio(path, {samples, 16000});
    return path;
  }
};

}  // namespace stapes::test
