#pragma once
#include <string>
#include <vector>

namespace stapes::dataset {

// Ordinary English words of one to three syllables, from which the unknown class is synthesized:
// commands, numbers, names of things, and many short words that differ from likely keywords in one
// sound only.
const std::vector<std::string>& common_words();

// Articles, pronouns, prepositions: what stands between them in a sentence.
const std::vector<std::string>& small_words();

}  // namespace stapes::dataset
