#pragma once
#include <cstddef>
#include <vector>

#include "toolkit/evaluation/scores.h"
#include "toolkit/evaluation/statistics.h"

namespace stapes::evaluation {

// A model that never says a keyword for an unknown word is useless, and so is one that always does:
// a threshold on the highest keyword score trades the two. A clip is accepted as its best keyword
// when that keyword's score is greater than the threshold, and refused otherwise.
struct OperatingPoint {
  double wanted_refusal = 0.0;  // share of the non-keyword clips that must be refused
  float threshold = 0.0F;       // the lowest score that does it
  Proportion refused;           // of the non-keyword clips, in fact; more than wanted with ties
  Proportion keywords;          // keyword clips that are accepted as the right keyword
};

struct BestKeyword {
  int class_index = -1;  // -1: no class is a keyword
  float score = 0.0F;
};
BestKeyword best_keyword(const Scores& scores, size_t clip);

OperatingPoint operating_point(const Scores& scores, double wanted_refusal);

}  // namespace stapes::evaluation
