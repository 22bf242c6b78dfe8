#pragma once
#include "cli/command_line.h"

// One function per command, each in the file of its name: it declares the command's options and a
// callback that calls the toolkit and prints. Errors are thrown (toolkit/base/error.h) and caught
// in main.cpp.
namespace stapes::cli {

void add_card(Command& app);
void add_classify(Command& app);
void add_compile(Command& app);
void add_dataset(Command& app);
void add_finetune(Command& app);
void add_evaluate(Command& app);
void add_features(Command& app);
void add_new(Command& app);
void add_params(Command& app);
void add_profile(Command& app);
void add_quantize(Command& app);
void add_run(Command& app);
void add_stream(Command& app);
void add_summarize(Command& app);
void add_train(Command& app);

}  // namespace stapes::cli
