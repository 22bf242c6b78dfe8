#include "toolkit/dataset/synthesis/other_words.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <sstream>

#include "toolkit/base/error.h"
#include "toolkit/base/philox.h"
#include "toolkit/dataset/synthesis/common_words.h"
#include "toolkit/dataset/synthesis/phonetics.h"

namespace stapes::dataset {
namespace {

constexpr size_t kMostLetters = 10;
constexpr size_t kMostVowels = 3;  // what fits into a second
// Nearer than this, words differ by how somebody happens to speak: "cot" and "caught".
constexpr double kSameSound = 0.25;
constexpr char kAccent[] = "en-us";

// Names and genitives are left out with everything else that is not all small letters.
bool is_plain(const std::string& word) {
  const auto small = [](char letter) { return letter >= 'a' && letter <= 'z'; };
  return word.size() >= 2 && word.size() <= kMostLetters &&
         std::all_of(word.begin(), word.end(), small);
}

std::vector<std::string> read_words(const Path& file) {
  std::set<std::string> words;
  std::istringstream text(read_text_file(file));
  for (std::string line; std::getline(text, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (is_plain(line)) words.insert(line);
  }
  if (words.empty()) {
    throw Error("cannot choose words", file.string(),
                "no line of it is a word of two to ten small letters a to z",
                "give a list of words such as /usr/share/dict/american-english (Debian: package "
                "wamerican)");
  }
  return {words.begin(), words.end()};
}

// What words sound like in every accent, to find homophones.
class Sounds {
 public:
  Sounds(const std::vector<std::string>& words, SpeechEngines& engines) : engines_(engines) {
    for (const std::string& accent : accents()) {
      for (const std::string& word : words) taken_[accent].insert(engines.phonemes(word, accent));
    }
  }

  bool taken(const std::string& word) const {
    return std::any_of(taken_.begin(), taken_.end(), [&](const auto& of_accent) {
      return of_accent.second.count(engines_.phonemes(word, of_accent.first)) > 0;
    });
  }

 private:
  SpeechEngines& engines_;
  std::map<std::string, std::set<std::string>> taken_;
};

struct Candidate {
  OtherWord word;
  Phonemes sounds;
};

bool begins_with(const Candidate& candidate, const std::string& keyword, const Phonemes& sounds) {
  return candidate.word.word.starts_with(keyword) && candidate.sounds.size() >= sounds.size() &&
         std::equal(sounds.begin(), sounds.end(), candidate.sounds.begin());
}

// Those of `words` that can be chosen, each with its nearest keyword.
std::vector<Candidate> find_candidates(const std::vector<std::string>& words,
                                       const std::map<std::string, Phonemes>& keywords,
                                       const std::set<std::string>& taken, SpeechEngines& engines) {
  std::vector<Candidate> candidates;
  for (const std::string& word : words) {
    if (taken.count(word) > 0) continue;
    Candidate candidate{{word, "", std::numeric_limits<double>::infinity(), false},
                        engines.pronunciation(word, kAccent)};
    const auto vowels = std::count_if(candidate.sounds.begin(), candidate.sounds.end(), is_vowel);
    if (vowels == 0 || static_cast<size_t>(vowels) > kMostVowels) continue;
    bool usable = true;
    for (const auto& [keyword, sounds] : keywords) {
      usable = usable && !begins_with(candidate, keyword, sounds);
      const double distance = phonetic_distance(candidate.sounds, sounds);
      if (distance < candidate.word.distance) {
        candidate.word.distance = distance;
        candidate.word.nearest = keyword;
      }
    }
    if (usable && candidate.word.distance >= kSameSound) candidates.push_back(std::move(candidate));
  }
  return candidates;
}

// Those nearest to each keyword in turn.
std::vector<OtherWord> choose_near(const std::vector<Candidate>& candidates, size_t count,
                                   const Sounds& sounds) {
  std::map<std::string, std::vector<OtherWord>> of_keyword;
  for (const Candidate& candidate : candidates) {
    of_keyword[candidate.word.nearest].push_back(candidate.word);
  }
  for (auto& [keyword, words] : of_keyword) {
    std::sort(words.begin(), words.end(), [](const OtherWord& a, const OtherWord& b) {
      return a.distance != b.distance ? a.distance > b.distance : a.word > b.word;
    });  // the nearest last, to be taken from there
  }
  std::vector<OtherWord> chosen;
  for (bool any = true; any && chosen.size() < count;) {
    any = false;
    for (auto& [keyword, words] : of_keyword) {
      while (!words.empty() && sounds.taken(words.back().word)) words.pop_back();
      if (words.empty() || chosen.size() == count) continue;
      chosen.push_back(words.back());
      chosen.back().near = true;
      words.pop_back();
      any = true;
    }
  }
  return chosen;
}

std::vector<OtherWord> choose_by_chance(const std::vector<Candidate>& candidates,
                                        const std::vector<OtherWord>& near, size_t count,
                                        uint64_t seed, const Sounds& sounds) {
  std::set<std::string> used;
  for (const OtherWord& word : near) used.insert(word.word);
  std::vector<OtherWord> left;
  for (const Candidate& candidate : candidates) {
    if (used.count(candidate.word.word) == 0) left.push_back(candidate.word);
  }
  Random random(seed, Purpose::kSynthesis, 3);
  random.shuffle(left);
  std::vector<OtherWord> chosen;
  for (const OtherWord& word : left) {
    if (chosen.size() == count) break;
    if (!sounds.taken(word.word)) chosen.push_back(word);
  }
  return chosen;
}

std::vector<std::string> joined(const std::vector<std::string>& keywords,
                                const std::vector<std::string>& without) {
  std::vector<std::string> all = keywords;
  all.insert(all.end(), without.begin(), without.end());
  return all;
}

// Those of `words` that neither are nor sound like one of `taken`.
std::vector<std::string> others_of(const std::vector<std::string>& words,
                                   const std::vector<std::string>& taken, const Sounds& sounds) {
  std::vector<std::string> left;
  for (const std::string& word : words) {
    if (std::find(taken.begin(), taken.end(), word) == taken.end() && !sounds.taken(word)) {
      left.push_back(word);
    }
  }
  return left;
}

}  // namespace

std::vector<OtherWord> other_words(const std::vector<std::string>& keywords,
                                   const std::vector<std::string>& without,
                                   const OtherWordsSettings& settings, uint64_t seed,
                                   SpeechEngines& engines) {
  const std::vector<std::string> all_taken = joined(keywords, without);
  const std::set<std::string> taken(all_taken.begin(), all_taken.end());
  const Sounds sounds(all_taken, engines);
  const std::vector<std::string> words =
      settings.dictionary.empty() ? common_words() : read_words(settings.dictionary);
  std::vector<OtherWord> result;
  if (settings.count == 0) {
    for (const std::string& word : others_of(words, all_taken, sounds)) {
      result.push_back({word, "", 0.0, false});
    }
    return result;
  }
  std::map<std::string, Phonemes> pronounced;
  for (const std::string& word : keywords) {
    pronounced[word] = engines.pronunciation(word, kAccent);
  }
  const std::vector<Candidate> candidates = find_candidates(words, pronounced, taken, engines);
  const auto count = static_cast<size_t>(settings.count);
  const auto wanted = static_cast<size_t>(std::lround(settings.near_share * settings.count));
  const std::vector<OtherWord> near = choose_near(candidates, wanted, sounds);
  const std::vector<OtherWord> others =
      choose_by_chance(candidates, near, count - near.size(), seed, sounds);
  // In turn, so that also a few clips have some of both.
  for (size_t i = 0; i < std::max(near.size(), others.size()); ++i) {
    if (i < near.size()) result.push_back(near[i]);
    if (i < others.size()) result.push_back(others[i]);
  }
  return result;
}

std::vector<std::string> usable_small_words(const std::vector<std::string>& keywords,
                                            const std::vector<std::string>& without,
                                            SpeechEngines& engines) {
  const std::vector<std::string> taken = joined(keywords, without);
  return others_of(small_words(), taken, Sounds(taken, engines));
}

}  // namespace stapes::dataset
