#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace stapes::evaluation {

// What a model says about labelled clips.
struct Scores {
  std::vector<std::string> classes;
  std::vector<float> values;  // [clips, classes], probabilities
  std::vector<int> labels;    // [clips], the right class

  size_t clips() const { return labels.size(); }
  std::span<const float> of(size_t clip) const {
    return std::span(values).subspan(clip * classes.size(), classes.size());
  }
};

// The first of the highest scores, as NumPy's argmax.
int decision(std::span<const float> scores);
std::vector<int> decisions(const Scores& scores);

// A class is a keyword unless its label begins with '_' (_unknown_, _silence_).
bool is_keyword(const std::string& label);

// Throws Error when the sizes don't fit, a label is no class, a score is NaN or infinite, or there
// are no clips.
void check(const Scores& scores);

}  // namespace stapes::evaluation
