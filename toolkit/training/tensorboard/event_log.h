#pragma once
#include <cstdint>
#include <span>

#include "toolkit/base/files.h"
#include "toolkit/training/figures.h"

namespace stapes::training {

// The history as TensorBoard shows it: scalars named as the columns of history.csv, one event for
// each epoch, in files `events.out.tfevents.SECONDS.HOST` (SECONDS since 1970). Every program that
// writes starts a file of its own and appends to it, flushed to the disk after each epoch.
//
//   EventLog log("out/door/train/tensorboard");
//   log.begin(rows_of_the_checkpoint);  // on rank 0
//   log.write(row);                     // after every epoch
//
// Steps that the folder's files already hold are not written again, whatever became of the program
// that wrote them. Throws Error when a file cannot be written.
class EventLog {
 public:
  // Throws Error when this build has no protobuf (STAPES_TENSORBOARD is off).
  explicit EventLog(Path folder);

  // Continues after `history`, of which it writes what is missing (all of it, if TensorBoard files
  // were first asked for now). An empty history is a new training: older files are removed.
  void begin(std::span<const HistoryRow> history);
  void write(const HistoryRow& row);

 private:
  void append(const Bytes& record);

  Path folder_;
  Path file_;  // empty: none is started yet
  int64_t last_step_ = 0;
};

}  // namespace stapes::training
