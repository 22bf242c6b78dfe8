// Built instead of tensorboard/ where STAPES_TENSORBOARD is off.
#include "toolkit/training/tensorboard/event_log.h"

#include <utility>

#include "toolkit/base/error.h"

namespace stapes::training {

EventLog::EventLog(Path folder) : folder_(std::move(folder)) {
  throw Error("cannot train", "--tensorboard", "this build writes no TensorBoard files",
              "run scripts/install_packages train and build with -DSTAPES_TENSORBOARD=ON");
}

void EventLog::begin(std::span<const HistoryRow>) {}
void EventLog::write(const HistoryRow&) {}

}  // namespace stapes::training
