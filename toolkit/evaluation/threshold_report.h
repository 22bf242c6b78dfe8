#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "toolkit/base/files.h"
#include "toolkit/evaluation/thresholds.h"

// Thresholds that were found for a model and what it does with them on continuous sound: as text,
// as JSON, as CSV, as pictures.
namespace stapes::evaluation {

struct ThresholdReport {
  std::string model;
  std::vector<std::string> classes;
  StreamSettings settings;
  double wanted = 0.0;  // false accepts per hour
  uint64_t seed = 0;
  // threshold_path() of the split that chooses, or common_thresholds()
  std::vector<Thresholds> path;
  size_t chosen = 0;  // index into path

  // One split. `path`, `common`: what happens at each of the thresholds.
  struct OfSplit {
    std::string split;
    std::vector<Detections> path;
    std::vector<Detections> common;
    std::vector<WordCurve> words;
  };
  OfSplit chooser;  // the validation split, as a rule
  OfSplit judge;    // the test split

  // The chosen thresholds on a device that needs longer for an inference than latency_ms.
  struct Slower {
    int32_t interval_ms = 0;  // from one inference to the next
    Detections chooser;
    Detections judge;
  };
  std::vector<Slower> slower;

  const Thresholds& thresholds() const { return path[chosen]; }
};

// One threshold is for data that has too few clips of some words to choose by.
enum class WordThresholds { kEachItsOwn, kOneForAll };

// Chooses thresholds on the streams of one split and tries them on those of another.
ThresholdReport make_report(const TestModel& model, const StreamSettings& settings, double wanted,
                            WordThresholds kind, const std::vector<CandidateStream>& chooser,
                            const std::vector<CandidateStream>& judge, int threads);

std::string report_text(const ThresholdReport& report);

// docs/evaluation.md lists the keys.
nlohmann::ordered_json report_json(const ThresholdReport& report);

// A row for each point of the path: false accepts per hour, missed keywords, thresholds.
std::string curve_csv(const ThresholdReport& report);
// A row for each word and threshold, on the split that judges.
std::string word_curves_csv(const ThresholdReport& report);

// <model>-operating-points.png: missed keywords over false accepts per hour;
// <model>-operating-points-words.png: the same for each word alone.
void write_pictures(const ThresholdReport& report, const Path& folder);

}  // namespace stapes::evaluation
