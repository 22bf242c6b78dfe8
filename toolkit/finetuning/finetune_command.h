#pragma once
#include <string>
#include <vector>

#include "toolkit/base/files.h"

namespace stapes::finetuning {

// What `stapes finetune` was asked to do; program/main.cpp fills it from the command line.
struct FinetuneCommand {
  Path model;  // float .tflite
  Path specification;
  Path data;
  Path output;
  Path report;
  std::vector<std::string> overrides;
  int epochs = 0;  // 0: what the specification says
  int threads = 0;
  bool resume = false;
  bool overwrite = false;
};

// Calibrates, fine-tunes, prints a line for each epoch, and writes the int8 .tflite and its report.
void run_finetune_command(const FinetuneCommand& command);

}  // namespace stapes::finetuning
