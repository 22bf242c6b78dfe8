#pragma once
#include "toolkit/training/checkpoint.h"
#include "toolkit/training/collective.h"
#include "toolkit/training/trainer.h"

namespace stapes::training {

// The state in which all processes begin: `fresh`, or the newest checkpoint of rank 0 where the
// options want to continue. A training that starts anew removes the checkpoints of the one before.
// Throws Error, saying what to do, when there is nothing to continue, when the checkpoint is of
// another specification or other data, and when an unfinished training would be lost.
Checkpoint starting_point(const TrainingOptions& options, const CheckpointFolder& checkpoints,
                          Collective& processes, Checkpoint fresh);

}  // namespace stapes::training
