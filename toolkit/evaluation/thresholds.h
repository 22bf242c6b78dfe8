#pragma once
#include <string>
#include <vector>

#include "toolkit/evaluation/stream_candidates.h"

// Which threshold each word should have.
namespace stapes::evaluation {

// What one word alone does at every threshold 0 … 255, the others never being detected.
struct WordCurve {
  size_t spoken = 0;
  std::vector<size_t> hits;           // [256], falling with the threshold
  std::vector<size_t> false_accepts;  // [256], likewise
};

// Per class of the model; of classes that are never reported, empty.
std::vector<WordCurve> word_curves(const std::vector<CandidateStream>& streams,
                                   const std::vector<std::string>& classes,
                                   const StreamSettings& settings, int threads);

// Thresholds from the strictest (nothing is detected) to the loosest, such that each step lowers
// the threshold of the word that wins most hits for a false accept: the points of the words' curves
// on their upper convex hulls, in the order of the slopes. So at every number of false accepts, as
// many keywords as possible are hit; giving each word the same number would spend most on the words
// that need it least.
//
// Few false accepts are counted for a word, often none over a wide range of thresholds, which says
// little. So half of a word's count is that of the mean word at the same threshold.
std::vector<Thresholds> threshold_path(const std::vector<WordCurve>& curves);

// One threshold for all words, from 255 to 0, to compare with.
std::vector<Thresholds> common_thresholds(size_t classes);

// The loosest of the path with at most this many false accepts per hour.
size_t choose(const std::vector<Detections>& path, double false_accepts_per_hour);

}  // namespace stapes::evaluation
