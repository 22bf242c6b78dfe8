#pragma once
#include <string>
#include <vector>

#include "toolkit/base/files.h"

namespace stapes::training {

// What `stapes train` was asked to do; program/main.cpp fills it from the command line.
struct TrainCommand {
  Path specification;
  Path data;
  Path output;
  std::vector<std::string> overrides;
  int epochs = 0;  // 0: what the specification says
  int threads = 0;
  std::string device = "cpu";
  bool resume = false;
  bool auto_resume = false;  // continue if there is something to continue, else start anew
  bool overwrite = false;
  bool tensorboard = false;  // write OUTPUT/train/tensorboard too
  int timeout_seconds = 120;
};

// Trains, prints a line for each epoch and the best one, and writes OUTPUT/NAME_float.tflite.
void run_train_command(const TrainCommand& command);

}  // namespace stapes::training
