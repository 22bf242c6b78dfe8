#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "toolkit/audio/clip.h"
#include "toolkit/dataset/synthesis/phonetics.h"
#include "toolkit/dataset/synthesis/voices.h"

namespace stapes::dataset {

// How a word is said.
struct Utterance {
  std::string text;       // with its punctuation, which gives the melody: "seven?"
  double rate = 1.0;      // of speaking; 1: usual
  double height = 0.5;    // of the voice, 0 … 1
  double melody = 0.5;    // how much the pitch moves, 0 … 1
  bool emphasis = false;  // as somebody says it who was not understood: louder, with more melody
};

// eSpeak NG, flite and Festival. The first two keep global state, so there is one engine per
// process, and what a clip sounds like depends, in its last bits, on the clips before it: see
// processes.h.
class SpeechEngines {
 public:
  SpeechEngines();  // throws Error when a library cannot start

  // False where the engine that is installed does not know the voice.
  bool has(const Voice& voice) const;
  // At 16 kHz, without the silence before and after, peaks at half of full scale.
  audio::Clip speak(const Voice& voice, const Utterance& utterance);
  // One speaker's clips, in order; of Festival many in one run. Throws Interrupted after Ctrl-C.
  void speak_all(const Voice& voice, std::span<const Utterance> utterances,
                 const std::function<void(size_t index, const audio::Clip& clip)>& on_clip);
  // Two words with the same text here sound the same with this accent.
  std::string phonemes(const std::string& word, const std::string& accent);
  Phonemes pronunciation(const std::string& word, const std::string& accent);
  // "espeak-ng 1.51, flite 2.2", and Festival's where it is wanted.
  std::string versions(bool with_festival = false) const;

 private:
  std::vector<std::string> variants_;
};

}  // namespace stapes::dataset
