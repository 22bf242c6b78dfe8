#pragma once
#include <string>
#include <vector>

namespace stapes::dataset {

// The sounds of a word by eSpeak NG's names, without stress: {"s", "E", "v", "@", "n"}.
using Phonemes = std::vector<std::string>;

inline constexpr char kPhonemeSeparator = '_';

// From eSpeak NG's text with separators, "s_'E_v_@_n".
Phonemes split_phonemes(const std::string& text);

bool is_vowel(const std::string& phoneme);

// How different two sounds are, 0 … 1: vowels by where in the mouth and how long, consonants by
// place, manner and voice. A vowel and a consonant: 1.
double sound_difference(const std::string& a, const std::string& b);

// The least sum of differences and of kMissingSound for every sound that only one of the words has
// (Levenshtein's distance, weighted). 0: homophones; "bed" and "bad": 0.3; "bed" and "red": 0.7.
inline constexpr double kMissingSound = 0.8;
double phonetic_distance(const Phonemes& a, const Phonemes& b);

}  // namespace stapes::dataset
