#include "toolkit/training/history.h"

#include <fmt/format.h>

#include "toolkit/reporting/plot.h"

namespace stapes::training {
namespace {

template <typename Value>
reporting::Series series(const std::string& label, const std::vector<HistoryRow>& rows,
                         const Value& value) {
  reporting::Series series;
  series.label = label;
  for (const HistoryRow& row : rows) {
    series.x.push_back(static_cast<double>(row.epoch));
    series.y.push_back(value(row));
  }
  series.marked = rows.size() < 40;
  return series;
}

}  // namespace

void write_history_csv(const Path& path, const std::vector<HistoryRow>& rows) {
  std::string text =
      "epoch,step,learning_rate,loss,accuracy,val_loss,val_accuracy,val_balanced_accuracy,"
      "clips_per_second\n";
  for (const HistoryRow& row : rows) {
    text += fmt::format("{},{},{},{:.6f},{:.6f},{:.6f},{:.6f},{:.6f},{:.1f}\n", row.epoch, row.step,
                        row.learning_rate, row.loss, row.accuracy, row.validation.loss,
                        row.validation.accuracy, row.validation.balanced_accuracy,
                        row.clips_per_second);
  }
  write_text_file(path, text);
}

void draw_history(const Path& folder, const std::vector<HistoryRow>& rows) {
  reporting::LineChart accuracy;
  accuracy.title = "Accuracy";
  accuracy.x.title = "epoch";
  accuracy.y.title = "percent";
  accuracy.series = {
      series("training", rows, [](const HistoryRow& row) { return 100 * row.accuracy; }),
      series("validation", rows,
             [](const HistoryRow& row) { return 100 * row.validation.accuracy; }),
      series("validation, balanced", rows,
             [](const HistoryRow& row) { return 100 * row.validation.balanced_accuracy; })};
  reporting::draw(accuracy, folder / "history.png");
  reporting::LineChart loss;
  loss.title = "Loss";
  loss.x.title = "epoch";
  loss.y.title = "cross entropy";
  loss.series = {
      series("training", rows, [](const HistoryRow& row) { return row.loss; }),
      series("validation", rows, [](const HistoryRow& row) { return row.validation.loss; })};
  reporting::draw(loss, folder / "history_loss.png");
}

}  // namespace stapes::training
