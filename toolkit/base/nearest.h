#pragma once
#include <string>
#include <vector>

namespace stapes {

// The candidate with the least edit distance (Levenshtein) to `word`, or "" where none is near
// enough to be what was meant (more than a third of the letters differ).
std::string nearest(const std::string& word, const std::vector<std::string>& candidates);

// `did you mean "X"?` or, where nothing is near, `known are: a, b, c`.
std::string suggestion(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace stapes
