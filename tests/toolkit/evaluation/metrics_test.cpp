#include "toolkit/evaluation/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "toolkit/base/error.h"
#include "toolkit/base/philox.h"

namespace stapes::evaluation {
namespace {

// Six clips of three classes: yes, yes, no, no, _unknown_, _unknown_.
Scores small() {
  Scores scores;
  scores.classes = {"yes", "no", "_unknown_"};
  scores.labels = {0, 0, 1, 1, 2, 2};
  scores.values = {
      0.9F, 0.1F, 0.0F,  // right
      0.3F, 0.6F, 0.1F,  // "no" instead of "yes"
      0.1F, 0.8F, 0.1F,  // right
      0.0F, 0.7F, 0.3F,  // right
      0.2F, 0.1F, 0.7F,  // right
      0.6F, 0.0F, 0.4F,  // "yes" instead of unknown
  };
  return scores;
}

Scores random_scores(size_t clips, size_t classes, uint64_t seed) {
  Scores scores;
  Random random(seed, Purpose::kTest);
  for (size_t c = 0; c < classes; ++c) scores.classes.push_back("word" + std::to_string(c));
  scores.classes.back() = "_unknown_";
  for (size_t i = 0; i < clips; ++i) {
    scores.labels.push_back(static_cast<int>(random.below(classes)));
    std::vector<double> values(classes);
    for (double& value : values) value = random.uniform() * random.uniform();
    values[static_cast<size_t>(scores.labels.back())] += 0.3 * random.uniform();
    const double sum = std::accumulate(values.begin(), values.end(), 0.0);
    // 256 steps, as an int8 model has them: ties occur.
    for (const double value : values) {
      scores.values.push_back(static_cast<float>(std::floor(255.0 * value / sum) / 256.0));
    }
  }
  return scores;
}

TEST(Metrics, OfSixClipsByHand) {
  const Metrics m = compute_metrics(small());
  EXPECT_EQ(m.overall.right, 4U);
  EXPECT_EQ(m.overall.total, 6U);
  EXPECT_DOUBLE_EQ(m.per_class[0].value(), 0.5);
  EXPECT_DOUBLE_EQ(m.per_class[1].value(), 1.0);
  EXPECT_DOUBLE_EQ(m.per_class[2].value(), 0.5);
  EXPECT_DOUBLE_EQ(m.balanced_accuracy, 2.0 / 3.0);
  EXPECT_EQ(m.keywords.right, 3U);
  EXPECT_EQ(m.keywords.total, 4U);
  const std::vector<std::vector<int64_t>> confusion = {{1, 1, 0}, {0, 2, 0}, {1, 0, 1}};
  EXPECT_EQ(m.confusion, confusion);
  // The best keyword scores are 0.9, 0.6, 0.8, 0.7 against 0.2, 0.6: of 8 pairs 7 and a tie.
  EXPECT_DOUBLE_EQ(m.keyword_detection_area, 7.5 / 8.0);
}

TEST(Metrics, ClassesWithoutClipsCountAsZeroAndNotInTheMean) {
  Scores scores = small();
  scores.labels = {0, 0, 0, 0, 2, 2};
  const Metrics m = compute_metrics(scores);
  EXPECT_EQ(m.per_class[1].value(), 0.0);
  EXPECT_DOUBLE_EQ(m.balanced_accuracy, (0.25 + 0.5) / 2.0);
  ASSERT_EQ(m.confusion.size(), 3U);
  for (const auto& row : m.confusion) EXPECT_EQ(row.size(), 3U);
}

TEST(Metrics, WithoutUnknownClassEveryClipIsAKeyword) {
  Scores scores = small();
  scores.classes[2] = "stop";
  const Metrics m = compute_metrics(scores);
  EXPECT_EQ(m.keywords.total, 6U);
  EXPECT_EQ(m.keywords.right, m.overall.right);
  EXPECT_TRUE(m.operating_points.empty());
}

TEST(Metrics, RefusesScoresThatMakeNoSense) {
  EXPECT_THROW(compute_metrics(Scores{{"a", "b"}, {}, {}}), Error);
  Scores scores = small();
  scores.labels[2] = 3;
  EXPECT_THROW(compute_metrics(scores), Error);
  scores = small();
  scores.values.pop_back();
  EXPECT_THROW(compute_metrics(scores), Error);
  scores = small();
  scores.values[4] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(compute_metrics(scores), Error);
}

// The reference's definition, clip by clip and threshold by threshold.
RocCurve brute_force_roc(const Scores& scores, int class_index) {
  RocCurve curve;
  for (size_t t = 0; t < kRocThresholds; ++t) {
    const float threshold = static_cast<float>(static_cast<double>(t) * 0.01);
    double tp = 0, fp = 0, positives = 0, negatives = 0;
    for (size_t i = 0; i < scores.clips(); ++i) {
      const bool above = scores.of(i)[static_cast<size_t>(class_index)] > threshold;
      const bool positive = scores.labels[i] == class_index;
      (positive ? positives : negatives) += 1;
      if (above) (positive ? tp : fp) += 1;
    }
    curve.true_positive_rate[t] = t == 0 ? 1 : positives == 0 ? 0 : tp / positives;
    curve.false_positive_rate[t] = t == 0 ? 1 : negatives == 0 ? 0 : fp / negatives;
  }
  for (size_t t = 1; t < kRocThresholds; ++t) {
    curve.area += 0.5 * (curve.true_positive_rate[t - 1] + curve.true_positive_rate[t]) *
                  (curve.false_positive_rate[t - 1] - curve.false_positive_rate[t]);
  }
  return curve;
}

TEST(RocCurve, EqualsBruteForce) {
  for (uint64_t seed = 0; seed < 5; ++seed) {
    const Scores scores = random_scores(300, 5, seed);
    for (int c = 0; c < 5; ++c) {
      const RocCurve expected = brute_force_roc(scores, c);
      const RocCurve curve = roc_curve(scores, c);
      EXPECT_EQ(curve.true_positive_rate, expected.true_positive_rate);
      EXPECT_EQ(curve.false_positive_rate, expected.false_positive_rate);
      EXPECT_DOUBLE_EQ(curve.area, expected.area);
    }
  }
}

TEST(RocCurve, ThresholdIsStrictAndTheFirstPointIsForced) {
  // Scores of exactly 0 and 0.25: neither is above its own value.
  const Scores scores{{"a", "b"}, {0.25F, 0.75F, 0.0F, 1.0F}, {0, 1}};
  const RocCurve curve = roc_curve(scores, 0);
  EXPECT_EQ(curve.true_positive_rate[0], 1.0);
  EXPECT_EQ(curve.false_positive_rate[0], 1.0);
  EXPECT_EQ(curve.false_positive_rate[1], 0.0);
  EXPECT_EQ(curve.true_positive_rate[24], 1.0);
  EXPECT_EQ(curve.true_positive_rate[25], 0.0);
  EXPECT_EQ(roc_thresholds()[100], 1.0);
}

// The example of scikit-learn's documentation of precision_recall_curve.
TEST(PrecisionRecallCurve, EqualsScikitLearnsExample) {
  Scores scores{{"negative", "positive"}, {}, {0, 0, 1, 1}};
  for (const float p : {0.1F, 0.4F, 0.35F, 0.8F}) {
    scores.values.push_back(1.0F - p);
    scores.values.push_back(p);
  }
  const PrecisionRecallCurve curve = precision_recall_curve(scores, 1);
  const std::vector<double> precision = {0.5, 2.0 / 3.0, 0.5, 1.0, 1.0};
  const std::vector<double> recall = {1.0, 1.0, 0.5, 0.5, 0.0};
  EXPECT_EQ(curve.precision, precision);
  EXPECT_EQ(curve.recall, recall);
}

TEST(PrecisionRecallCurve, EqualsBruteForceWithTies) {
  const Scores scores = random_scores(200, 3, 9);
  for (int c = 0; c < 3; ++c) {
    const auto index = static_cast<size_t>(c);
    std::vector<float> thresholds;
    for (size_t i = 0; i < scores.clips(); ++i) thresholds.push_back(scores.of(i)[index]);
    std::sort(thresholds.begin(), thresholds.end());
    thresholds.erase(std::unique(thresholds.begin(), thresholds.end()), thresholds.end());
    const PrecisionRecallCurve curve = precision_recall_curve(scores, c);
    ASSERT_EQ(curve.precision.size(), thresholds.size() + 1);
    for (size_t t = 0; t < thresholds.size(); ++t) {
      double tp = 0, predicted = 0, positives = 0;
      for (size_t i = 0; i < scores.clips(); ++i) {
        const bool at_least = scores.of(i)[index] >= thresholds[t];
        predicted += at_least ? 1 : 0;
        positives += scores.labels[i] == c ? 1 : 0;
        tp += at_least && scores.labels[i] == c ? 1 : 0;
      }
      EXPECT_DOUBLE_EQ(curve.precision[t], tp / predicted);
      EXPECT_DOUBLE_EQ(curve.recall[t], tp / positives);
    }
    EXPECT_EQ(curve.precision.back(), 1.0);
    EXPECT_EQ(curve.recall.back(), 0.0);
  }
}

TEST(Metrics, TheRefusalCurveGoesThroughTheOperatingPoints) {
  const Metrics metrics = compute_metrics(random_scores(500, 6, 3));
  ASSERT_EQ(metrics.refusal_curve.size(), 51U);
  EXPECT_EQ(metrics.refusal_curve.front().refused.right, 0U);
  EXPECT_EQ(metrics.refusal_curve.back().refused.value(), 1.0);
  for (const OperatingPoint& point : metrics.operating_points) {
    const double step = point.wanted_refusal / kRefusalStep;
    if (std::abs(step - std::round(step)) > 1e-9) continue;
    const OperatingPoint& same = metrics.refusal_curve[static_cast<size_t>(std::round(step))];
    EXPECT_EQ(same.threshold, point.threshold) << point.wanted_refusal;
    EXPECT_EQ(same.keywords.right, point.keywords.right) << point.wanted_refusal;
  }
}

TEST(OperatingPoint, RefusesAtLeastWhatIsWanted) {
  const OperatingPoint half = operating_point(small(), 0.5);
  EXPECT_FLOAT_EQ(half.threshold, 0.2F);
  EXPECT_EQ(half.refused.right, 1U);
  EXPECT_EQ(half.keywords.right, 3U);  // the second clip's best keyword is the wrong one
  const OperatingPoint all = operating_point(small(), 1.0);
  EXPECT_FLOAT_EQ(all.threshold, 0.6F);
  EXPECT_EQ(all.refused.right, 2U);
  EXPECT_EQ(all.keywords.right, 3U);
  const OperatingPoint none = operating_point(small(), 0.0);
  EXPECT_EQ(none.refused.right, 0U);
  const Scores many = random_scores(500, 6, 3);
  double last = 1.0;
  for (const double wanted : kRefusals) {
    const OperatingPoint point = operating_point(many, wanted);
    EXPECT_GE(point.refused.value(), wanted);
    EXPECT_LE(point.keywords.value(), last);
    last = point.keywords.value();
  }
}

TEST(Agreement, CountsDecisionsAndWhoIsRight) {
  const Scores first = small();
  Scores second = small();
  std::swap(second.values[3], second.values[4]);    // the second clip becomes right
  std::swap(second.values[12], second.values[14]);  // the fifth becomes wrong
  std::swap(second.values[15], second.values[17]);  // the sixth becomes right
  const Agreement agreement = compare(first, second);
  EXPECT_EQ(agreement.same_decision.right, 3U);
  EXPECT_EQ(agreement.only_first_right, 1U);
  EXPECT_EQ(agreement.only_second_right, 2U);
  EXPECT_DOUBLE_EQ(agreement.p_value, 1.0);
  EXPECT_NEAR(agreement.maximum_difference, 0.5, 1e-6);
  EXPECT_NEAR(agreement.mean_absolute_difference, (0.3 + 0.3 + 0.5 + 0.5 + 0.2 + 0.2) / 18.0, 1e-6);
  EXPECT_NEAR(agreement.rms_difference, std::sqrt(2.0 * (0.09 + 0.25 + 0.04) / 18.0), 1e-6);
  second.labels[0] = 1;
  EXPECT_THROW(compare(first, second), Error);
}

}  // namespace
}  // namespace stapes::evaluation
