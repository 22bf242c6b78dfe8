#pragma once
#include <cstdint>
#include <vector>

#include "toolkit/evaluation/curves.h"
#include "toolkit/evaluation/operating_point.h"
#include "toolkit/evaluation/scores.h"
#include "toolkit/evaluation/statistics.h"

namespace stapes::evaluation {

// Everything that is said about one model under one condition (docs/evaluation.md).
struct Metrics {
  std::vector<std::string> classes;
  Proportion overall;                 // clips decided rightly
  std::vector<Proportion> per_class;  // recall; what the reference toolkit calls class accuracy
  Proportion keywords;                // keyword clips decided rightly
  double balanced_accuracy = 0.0;     // mean of the recalls of the classes that have clips
  Interval balanced_interval;
  std::vector<RocCurve> roc;                           // per class
  std::vector<PrecisionRecallCurve> precision_recall;  // per class
  double roc_area_average = 0.0;                       // plain mean
  std::vector<std::vector<int64_t>> confusion;         // [right class][decision], all classes
  double keyword_detection_area = 0.0;
  std::vector<OperatingPoint> operating_points;  // see kRefusals; empty without unknown clips
  std::vector<OperatingPoint> refusal_curve;     // at every kRefusalStep from 0 on
};

inline constexpr double kRefusals[] = {0.5, 0.7, 0.8, 0.9, 0.95};
inline constexpr double kRefusalStep = 0.02;

Metrics compute_metrics(const Scores& scores);

// How far two models decide alike on the same clips.
struct Agreement {
  Proportion same_decision;
  size_t only_first_right = 0;
  size_t only_second_right = 0;
  double p_value = 1.0;                   // McNemar
  double mean_absolute_difference = 0.0;  // of the scores
  double rms_difference = 0.0;
  double maximum_difference = 0.0;
};

// REQUIRES: the same clips in the same order
Agreement compare(const Scores& first, const Scores& second);

}  // namespace stapes::evaluation
