#pragma once
#include <array>
#include <vector>

#include "toolkit/evaluation/scores.h"

namespace stapes::evaluation {

inline constexpr size_t kRocThresholds = 101;

// 0, 0.01, … 1: thresholds of the reference toolkit, as NumPy's arange computes them.
std::array<double, kRocThresholds> roc_thresholds();

// Receiver operating characteristic of one class against all others, computed as the reference
// toolkit does it: a clip counts as positive when its score is greater than (not equal to) the
// threshold, compared in float32; the first point is (1, 1) whatever the scores are; a rate
// without clips is 0.
struct RocCurve {
  std::array<double, kRocThresholds> false_positive_rate{};
  std::array<double, kRocThresholds> true_positive_rate{};
  double area = 0.0;  // trapezoids
};
RocCurve roc_curve(const Scores& scores, int class_index);

// Precision and recall of one class for every threshold that occurs as a score, ascending, with
// the end point (1, 0): scikit-learn's precision_recall_curve. Without clips of the class, recall
// is 1.
struct PrecisionRecallCurve {
  std::vector<double> precision;
  std::vector<double> recall;
};
PrecisionRecallCurve precision_recall_curve(const Scores& scores, int class_index);

// How well the highest keyword score tells keyword clips from the others: the share of pairs that
// it orders rightly, ties half (Mann and Whitney). 0 when one kind is missing.
double keyword_detection_area(const Scores& scores);

}  // namespace stapes::evaluation
