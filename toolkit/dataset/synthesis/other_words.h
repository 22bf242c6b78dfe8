#pragma once
#include <string>
#include <vector>

#include "toolkit/base/files.h"
#include "toolkit/dataset/synthesis/speech.h"

namespace stapes::dataset {

// Which words the synthesized unknown class holds.
struct OtherWordsSettings {
  Path dictionary;    // a word per line; empty: some 400 common words
  int32_t count = 0;  // so many words of it; 0: all
  double near_share =
      0.5;  // of `count`: those that sound most like the keywords; the rest by chance
};

struct OtherWord {
  std::string word;
  std::string nearest;    // the keyword that it sounds most like …
  double distance = 0.0;  // … and how far it is from it (phonetics.h); both only where count > 0
  bool near = false;      // chosen for that
};

// Words that neither are nor sound like one of `keywords` or `without` in any accent. Where some
// are chosen, words are left out that nobody can speak in a second, and those that begin with a
// keyword in writing and in sound ("cats", "upper"). Neighbours and others take turns. Depends on
// nothing but the arguments and the list. Throws Error where the dictionary has no word that can be
// used.
std::vector<OtherWord> other_words(const std::vector<std::string>& keywords,
                                   const std::vector<std::string>& without,
                                   const OtherWordsSettings& settings, uint64_t seed,
                                   SpeechEngines& engines);

// The small words (common_words.h) that neither are nor sound like one of them in any accent.
std::vector<std::string> usable_small_words(const std::vector<std::string>& keywords,
                                            const std::vector<std::string>& without,
                                            SpeechEngines& engines);

}  // namespace stapes::dataset
