#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "toolkit/dataset/dataset.h"
#include "toolkit/dataset/synthesis/other_words.h"
#include "toolkit/dataset/synthesis/speech.h"
#include "toolkit/dataset/synthesis/voices.h"

namespace stapes::dataset {

struct SynthesisSettings {
  std::vector<std::string> words;  // a folder each
  int32_t clips_per_word = 1000;   // in all three splits together
  int32_t unknown_clips = 2000;    // of other words, in folders below _unknown_
  int32_t sentences = 0;           // of other words, in the folder _sentences_
  double validation = 0.15;        // share of the clips
  double test = 0.15;
  uint64_t seed = 1;
  // flite has few voices, but they come from recordings of people: each speaks as so many speakers,
  // and the more there are the larger is flite's share of the clips.
  int32_t flite_speakers = 24;
  int32_t festival_speakers = 0;  // likewise; Festival need not be installed where it is 0
  double prosody = 1.0;           // how far rate, height and melody vary: 1, usual, … 2
  bool training_only = false;     // all voices and clips for training, where people are tested
  // All clips of this split's voices, for this split; the shares do not count.
  std::optional<Split> only;
  // Words that neither the unknown class nor a sentence must hold.
  std::vector<std::string> without;
  OtherWordsSettings other_words;
};

struct PlannedClip {
  std::string path;  // relative to the output folder
  std::string word;
  Utterance utterance;
};

// All clips of one speaker, in the order in which they are spoken.
struct PlannedVoice {
  Voice voice;
  std::vector<PlannedClip> clips;
};

// What is said beside the words themselves.
struct OtherWords {
  std::vector<std::string> common;  // the unknown class, and the nouns and verbs of sentences
  std::vector<std::string> small;   // what stands between them in a sentence
};

// Shares the clips among the voices of each split. `voices` are those that the engines know.
// Depends on nothing else.
std::vector<PlannedVoice> plan_clips(const SynthesisSettings& settings,
                                     const std::vector<Voice>& voices, const OtherWords& others);

}  // namespace stapes::dataset
