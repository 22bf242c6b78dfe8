#pragma once
#include <string>
#include <vector>

namespace stapes::dataset {

// Ordinary English words of one to three syllables, from which the unknown class is synthesized:
// commands, numbers, names of things, and many short words that differ from likely keywords in one
// sound only.
const std::vector<std::string>& common_words();

}  // namespace stapes::dataset
