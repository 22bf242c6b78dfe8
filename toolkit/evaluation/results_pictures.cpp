#include <fmt/format.h>

#include "toolkit/evaluation/results.h"
#include "toolkit/reporting/plot.h"

namespace stapes::evaluation {
namespace {

using reporting::HeatMap;
using reporting::LineChart;

std::string title(const Result& result, const char* what) {
  return fmt::format("{}: {} ({})", result.model, what, result.condition);
}

LineChart roc_chart(const Result& result) {
  LineChart chart;
  chart.title = title(result, "receiver operating characteristic");
  chart.x = {"false positive rate", 0.0, 0.1};
  chart.y = {"true positive rate", 0.5, 1.01};
  for (size_t c = 0; c < result.metrics.classes.size(); ++c) {
    const RocCurve& curve = result.metrics.roc[c];
    chart.series.push_back({fmt::format("{}, AUC {:.5f}", result.metrics.classes[c], curve.area),
                            {curve.false_positive_rate.begin(), curve.false_positive_rate.end()},
                            {curve.true_positive_rate.begin(), curve.true_positive_rate.end()}});
  }
  return chart;
}

LineChart precision_recall_chart(const Result& result) {
  LineChart chart;
  chart.title = title(result, "precision and recall");
  chart.x = {"recall", 0.0, 1.01};
  chart.y = {"precision", 0.0, 1.01};
  for (size_t c = 0; c < result.metrics.classes.size(); ++c) {
    const PrecisionRecallCurve& curve = result.metrics.precision_recall[c];
    chart.series.push_back({result.metrics.classes[c], curve.recall, curve.precision});
  }
  return chart;
}

HeatMap confusion_map(const Result& result) {
  const Metrics& metrics = result.metrics;
  HeatMap map;
  map.title = title(result, "confusion matrix, clips");
  map.x.title = "decision";
  map.y.title = "right class";
  map.rows = map.columns = metrics.classes.size();
  map.row_labels = map.column_labels = metrics.classes;
  map.colour = {"share of the right class", 0.0, 1.0};
  for (size_t row = 0; row < map.rows; ++row) {
    const auto total = static_cast<double>(metrics.per_class[row].total);
    for (const int64_t count : metrics.confusion[row]) {
      map.values.push_back(total > 0.0 ? static_cast<double>(count) / total : 0.0);
      map.texts.push_back(std::to_string(count));
    }
  }
  return map;
}

}  // namespace

void write_pictures(const Result& result, const Path& folder) {
  reporting::draw(roc_chart(result), folder / (result.model + "-roc.png"));
  reporting::draw(precision_recall_chart(result),
                  folder / (result.model + "-precision_vs_recall.png"));
  reporting::draw(confusion_map(result), folder / (result.model + "-confusion_matrix.png"));
}

}  // namespace stapes::evaluation
