#include <fmt/format.h>

#include <algorithm>

#include "toolkit/evaluation/statistics.h"
#include "toolkit/evaluation/threshold_report.h"
#include "toolkit/reporting/plot.h"

namespace stapes::evaluation {
namespace {

using reporting::LineChart;
using reporting::Series;

LineChart chart(const ThresholdReport& report, const std::string& what) {
  LineChart chart;
  chart.title = fmt::format("{}: {}", report.model, what);
  chart.x = {"false accepts per hour", 0.0, 10.0 * report.wanted};
  chart.y = {"keywords missed (%)", 0.0, 100.0};
  return chart;
}

// Fewest misses at no more false accepts: the points need not come in that order on a split that
// the path was not made on.
Series series(const std::string& label, const std::vector<Detections>& points) {
  std::vector<std::pair<double, double>> sorted;
  for (const Detections& point : points) {
    sorted.emplace_back(point.false_accepts_per_hour(), 100.0 * (1.0 - point.hit_rate()));
  }
  std::sort(sorted.begin(), sorted.end());
  Series series;
  series.label = label;
  for (const auto& [x, y] : sorted) {
    const double least = series.y.empty() ? y : std::min(y, series.y.back());
    series.x.push_back(x);
    series.y.push_back(least);
  }
  return series;
}

}  // namespace

void write_pictures(const ThresholdReport& report, const Path& folder) {
  LineChart whole = chart(report, "keywords missed on continuous sound");
  whole.series.push_back(series(report.judge.split, report.judge.path));
  whole.series.push_back(series(report.chooser.split, report.chooser.path));
  whole.series.push_back(series(report.judge.split + ", one threshold", report.judge.common));
  whole.series.back().dashed = true;
  const Detections& chosen = report.judge.path[report.chosen];
  Series point{"chosen thresholds, " + report.judge.split,
               {chosen.false_accepts_per_hour()},
               {100.0 * (1.0 - chosen.hit_rate())}};
  point.marked = true;
  whole.series.push_back(std::move(point));
  reporting::draw(whole, folder / (report.model + "-operating-points.png"));

  LineChart words = chart(report, fmt::format("each word alone ({})", report.judge.split));
  words.x.high = report.wanted;
  const double hours = report.judge.path.front().hours();
  for (size_t word = 0; word < report.classes.size(); ++word) {
    const WordCurve& curve = report.judge.words[word];
    if (curve.spoken == 0) continue;
    Series line;
    line.label = report.classes[word];
    for (size_t t = curve.hits.size(); t-- > 0;) {
      line.x.push_back(static_cast<double>(curve.false_accepts[t]) / hours);
      line.y.push_back(100.0 * (1.0 - Proportion{curve.hits[t], curve.spoken}.value()));
    }
    words.series.push_back(std::move(line));
  }
  reporting::draw(words, folder / (report.model + "-operating-points-words.png"));
}

}  // namespace stapes::evaluation
