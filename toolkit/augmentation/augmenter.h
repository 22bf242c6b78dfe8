#pragma once
#include <span>
#include <vector>

#include "toolkit/augmentation/draws.h"
#include "toolkit/augmentation/noise_bank.h"
#include "toolkit/augmentation/placement.h"
#include "toolkit/augmentation/room_bank.h"
#include "toolkit/dataset/dataset.h"
#include "toolkit/specification/specification.h"

namespace stapes::augmentation {

// Speech at the usual level, decibels full scale (ITU-T P.56 active level in most corpora). What
// is silent itself gets noise as if it were this loud.
inline constexpr double kNominalLevelDb = -26.0;

// The RMS that a signal-to-noise ratio refers to: that of the window (not of the lead-in), or the
// nominal level where the window is silent.
double reference_level(std::span<const float> buffer, const Window& window);

// What a room, a microphone and a street do to a training clip; docs/augmentation.md explains the
// steps. Thread-safe.
class Augmenter {
 public:
  // Uses the training split's clips, noise and rooms.
  Augmenter(const Specification& specification, const dataset::Dataset& dataset);

  struct Example {
    std::vector<float> samples;  // window().total(), full scale 1, may exceed it
    Draws::Kind kind;            // what it became; where no keyword can be cropped, a clip
    Path recording;              // the file that is heard in it; empty: silence
  };

  // The waveform of an example made from `clip`. The only function of this class that reads files.
  Example apply(const dataset::ClipReference& clip, const Draws& draws) const;

  const Window& window() const { return window_; }
  const NoiseBank& ambient() const { return ambient_; }
  const NoiseBank& microphone() const { return microphone_; }
  const RoomBank& rooms() const { return rooms_; }

 private:
  struct Voice {
    std::vector<float> samples;
    size_t dry;  // how many of them are the clip; reverberation follows
  };

  Voice read_voice(const Path& path, const Draws& draws) const;
  std::vector<float> placed_clip(const Path& path, const Draws& draws) const;
  bool crop_some_keyword(const Draws& draws, Example& example) const;
  bool splice_some_keywords(const Draws& draws, Example& example) const;
  void add_noise(std::vector<float>& buffer, const Draws& draws) const;

  AugmentationSettings settings_;
  int sample_rate_hz_;
  Window window_;
  std::vector<dataset::ClipReference> keywords_;
  NoiseBank ambient_;
  NoiseBank microphone_;
  RoomBank rooms_;
};

}  // namespace stapes::augmentation
