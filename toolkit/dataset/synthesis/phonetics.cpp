#include "toolkit/dataset/synthesis/phonetics.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace stapes::dataset {
namespace {

enum Place { kLips, kTeeth, kRidge, kPalate, kVelum, kGlottis };
enum Manner { kStop, kAffricate, kFricative, kNasal, kLiquid, kGlide };

struct Consonant {
  Place place;
  Manner manner;
  bool voiced;
};

const Consonant* find_consonant(const std::string& name) {
  static const std::map<std::string, Consonant> known = {
      {"p", {kLips, kStop, false}},        {"b", {kLips, kStop, true}},
      {"t", {kRidge, kStop, false}},       {"t#", {kRidge, kStop, true}},
      {"t2", {kRidge, kStop, false}},      {"d", {kRidge, kStop, true}},
      {"k", {kVelum, kStop, false}},       {"g", {kVelum, kStop, true}},
      {"?", {kGlottis, kStop, false}},     {"tS", {kPalate, kAffricate, false}},
      {"dZ", {kPalate, kAffricate, true}}, {"f", {kLips, kFricative, false}},
      {"v", {kLips, kFricative, true}},    {"T", {kTeeth, kFricative, false}},
      {"D", {kTeeth, kFricative, true}},   {"s", {kRidge, kFricative, false}},
      {"z", {kRidge, kFricative, true}},   {"S", {kPalate, kFricative, false}},
      {"Z", {kPalate, kFricative, true}},  {"h", {kGlottis, kFricative, false}},
      {"x", {kVelum, kFricative, false}},  {"m", {kLips, kNasal, true}},
      {"n", {kRidge, kNasal, true}},       {"n-", {kRidge, kNasal, true}},
      {"N", {kVelum, kNasal, true}},       {"l", {kRidge, kLiquid, true}},
      {"r", {kRidge, kLiquid, true}},      {"r-", {kRidge, kLiquid, true}},
      {"*", {kRidge, kLiquid, true}},      {"j", {kPalate, kGlide, true}},
      {"w", {kLips, kGlide, true}},
  };
  const auto found = known.find(name);
  return found == known.end() ? nullptr : &found->second;
}

// Where a vowel begins and ends, in the usual chart: 0 … 1 from front to back and from close to
// open. eSpeak NG's names begin with the sound and end with that of a diphthong.
struct Spot {
  double back;
  double open;
};

Spot spot_of(char sound) {
  switch (sound) {
    case 'i':
      return {0.0, 0.0};
    case 'I':
    case ';':
      return {0.2, 0.15};
    case 'e':
    case 'E':
      return {0.1, 0.5};
    case 'a':
      return {0.2, 0.9};
    case 'A':
      return {0.9, 1.0};
    case '0':
      return {1.0, 0.9};
    case 'O':
      return {1.0, 0.65};
    case 'o':
      return {0.9, 0.4};
    case 'U':
      return {0.8, 0.15};
    case 'u':
      return {0.9, 0.0};
    case 'V':
      return {0.6, 0.7};
    default:  // '@', '3': the middle
      return {0.5, 0.5};
  }
}

struct Vowel {
  Spot begin;
  Spot end;
  bool lasting;  // long, or a diphthong
};

Vowel vowel_of(const std::string& name) {
  static const std::string kSounds = "iIeEaA0OoUuV@3;";
  std::string sounds;
  for (const char letter : name) {
    if (kSounds.find(letter) != std::string::npos) sounds += letter;
  }
  if (sounds.empty()) sounds.push_back('@');
  return {spot_of(sounds.front()), spot_of(sounds.back()),
          sounds.size() > 1 || name.find(':') != std::string::npos};
}

double distance(const Spot& a, const Spot& b) {
  return std::hypot(a.back - b.back, a.open - b.open);
}

double vowel_difference(const std::string& a, const std::string& b) {
  const Vowel first = vowel_of(a);
  const Vowel second = vowel_of(b);
  const double moved =
      0.5 * (distance(first.begin, second.begin) + distance(first.end, second.end));
  return std::min(0.8, 0.1 + 0.6 * moved + (first.lasting != second.lasting ? 0.1 : 0.0));
}

double consonant_difference(const Consonant& a, const Consonant& b) {
  double difference = 0.1;
  if (a.place != b.place) difference += 0.3;
  if (a.manner != b.manner) difference += 0.3;
  if (a.voiced != b.voiced) difference += 0.2;
  return difference;
}

}  // namespace

Phonemes split_phonemes(const std::string& text) {
  Phonemes result;
  std::string sound;
  const auto end_sound = [&] {
    if (!sound.empty()) result.push_back(sound);
    sound.clear();
  };
  for (const char letter : text) {
    if (letter == kPhonemeSeparator || letter == ' ') {
      end_sound();
    } else if (std::string("',%=|").find(letter) == std::string::npos) {
      sound += letter;
    }
  }
  end_sound();
  return result;
}

bool is_vowel(const std::string& phoneme) { return find_consonant(phoneme) == nullptr; }

double sound_difference(const std::string& a, const std::string& b) {
  if (a == b) return 0.0;
  const Consonant* const first = find_consonant(a);
  const Consonant* const second = find_consonant(b);
  if (first != nullptr && second != nullptr) return consonant_difference(*first, *second);
  if (first != nullptr || second != nullptr) return 1.0;
  return vowel_difference(a, b);
}

double phonetic_distance(const Phonemes& a, const Phonemes& b) {
  // row[j]: of the sounds of `a` so far and the first j of `b`.
  std::vector<double> row(b.size() + 1);
  for (size_t j = 0; j < row.size(); ++j) row[j] = kMissingSound * static_cast<double>(j);
  for (const std::string& sound : a) {
    double diagonal = row[0];
    row[0] += kMissingSound;
    for (size_t j = 0; j < b.size(); ++j) {
      const double replaced = diagonal + sound_difference(sound, b[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j + 1] + kMissingSound, row[j] + kMissingSound});
    }
  }
  return row.back();
}

}  // namespace stapes::dataset
