#include "toolkit/training/history.h"

#include <fmt/format.h>

namespace stapes::training {

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

}  // namespace stapes::training
