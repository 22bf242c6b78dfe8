#pragma once
#include <vector>

#include "toolkit/base/files.h"
#include "toolkit/training/figures.h"

namespace stapes::training {

// epoch,step,learning_rate,loss,accuracy,val_loss,val_accuracy,val_balanced_accuracy,clips_per_second
void write_history_csv(const Path& path, const std::vector<HistoryRow>& rows);

// The same as pictures: history.png (accuracy) and history_loss.png in `folder`. Throws Error when
// gnuplot is missing.
void draw_history(const Path& folder, const std::vector<HistoryRow>& rows);

}  // namespace stapes::training
