#include "toolkit/evaluation/thresholds.h"

#include <algorithm>

#include "toolkit/base/parallel.h"
#include "toolkit/evaluation/scores.h"

namespace stapes::evaluation {
namespace {

constexpr size_t kLevels = 256;
constexpr double kShareOfMeanWord = 0.5;

std::vector<CandidateStream> only(const std::vector<CandidateStream>& streams, int32_t word) {
  std::vector<CandidateStream> filtered = streams;
  for (CandidateStream& stream : filtered) {
    std::erase_if(stream.candidates,
                  [&](const Candidate& candidate) { return candidate.class_index != word; });
  }
  return filtered;
}

// A word's threshold may be lowered to `threshold`; from the one before that wins `slope` hits for
// each false accept.
struct Step {
  size_t word = 0;
  uint8_t threshold = 0;
  double slope = 0.0;
};

// The upper convex hull of hits over false accepts, from threshold 255 on.
std::vector<Step> hull_steps(size_t word, const std::vector<size_t>& hits,
                             const std::vector<double>& false_accepts) {
  constexpr double kNothing = 1e-9;  // a step that costs nothing comes first
  std::vector<Step> steps;
  size_t at = kLevels - 1;
  while (at > 0) {
    Step best{word, 0, 0.0};
    for (size_t t = at; t-- > 0;) {
      if (hits[t] <= hits[at]) continue;
      const double slope = static_cast<double>(hits[t] - hits[at]) /
                           std::max(kNothing, false_accepts[t] - false_accepts[at]);
      if (slope > best.slope) best = {word, static_cast<uint8_t>(t), slope};
    }
    if (best.slope <= 0.0) break;
    steps.push_back(best);
    at = best.threshold;
  }
  return steps;
}

}  // namespace

std::vector<WordCurve> word_curves(const std::vector<CandidateStream>& streams,
                                   const std::vector<std::string>& classes,
                                   const StreamSettings& settings, int threads) {
  std::vector<WordCurve> curves(classes.size());
  parallel_for(classes.size(), threads, [&](size_t word) {
    if (settings.spotter.detector.ignore_underscore && !is_keyword(classes[word])) return;
    WordCurve& curve = curves[word];
    const std::vector<CandidateStream> own = only(streams, static_cast<int32_t>(word));
    curve.hits.resize(kLevels, 0);
    curve.false_accepts.resize(kLevels, 0);
    Thresholds thresholds(classes.size(), 255);
    for (size_t t = kLevels; t-- > 0;) {
      thresholds[word] = static_cast<uint8_t>(t);
      const Detections detections = detect(own, classes, settings, thresholds);
      curve.spoken = detections.words[word].spoken;
      curve.hits[t] = detections.words[word].hits;
      curve.false_accepts[t] = detections.words[word].false_accepts;
      if (t + 1 < kLevels) {  // a longer detection can be counted once instead of twice
        curve.hits[t] = std::max(curve.hits[t], curve.hits[t + 1]);
        curve.false_accepts[t] = std::max(curve.false_accepts[t], curve.false_accepts[t + 1]);
      }
    }
  });
  return curves;
}

std::vector<Thresholds> threshold_path(const std::vector<WordCurve>& curves) {
  std::vector<double> mean(kLevels, 0.0);
  size_t words = 0;
  for (const WordCurve& curve : curves) words += curve.hits.empty() ? 0 : 1;
  for (const WordCurve& curve : curves) {
    for (size_t t = 0; t < curve.false_accepts.size(); ++t) {
      mean[t] += static_cast<double>(curve.false_accepts[t]) / static_cast<double>(words);
    }
  }
  std::vector<Step> steps;
  for (size_t word = 0; word < curves.size(); ++word) {
    const WordCurve& curve = curves[word];
    if (curve.hits.empty()) continue;
    std::vector<double> smoothed(kLevels);
    for (size_t t = 0; t < kLevels; ++t) {
      smoothed[t] = (1.0 - kShareOfMeanWord) * static_cast<double>(curve.false_accepts[t]) +
                    kShareOfMeanWord * mean[t];
    }
    const std::vector<Step> own = hull_steps(word, curve.hits, smoothed);
    steps.insert(steps.end(), own.begin(), own.end());
  }
  std::stable_sort(steps.begin(), steps.end(),
                   [](const Step& a, const Step& b) { return a.slope > b.slope; });

  std::vector<Thresholds> path = {Thresholds(curves.size(), 255)};
  for (const Step& step : steps) {
    Thresholds next = path.back();
    next[step.word] = step.threshold;
    path.push_back(std::move(next));
  }
  return path;
}

std::vector<Thresholds> common_thresholds(size_t classes) {
  std::vector<Thresholds> path;
  for (size_t t = kLevels; t-- > 0;) path.emplace_back(classes, static_cast<uint8_t>(t));
  return path;
}

size_t choose(const std::vector<Detections>& path, double false_accepts_per_hour) {
  size_t chosen = 0;
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i].false_accepts_per_hour() <= false_accepts_per_hour) chosen = i;
  }
  return chosen;
}

}  // namespace stapes::evaluation
