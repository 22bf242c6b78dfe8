#pragma once
#include <CLI/CLI.hpp>

// One function per command, each in the file of its name: it declares the command's options and a
// callback that calls the toolkit and prints. Errors are thrown (toolkit/base/error.h) and caught
// in main.cpp.
namespace stapes::cli {

void add_card(CLI::App& app);
void add_classify(CLI::App& app);
void add_compile(CLI::App& app);
void add_dataset(CLI::App& app);
void add_finetune(CLI::App& app);
void add_evaluate(CLI::App& app);
void add_features(CLI::App& app);
void add_new(CLI::App& app);
void add_params(CLI::App& app);
void add_profile(CLI::App& app);
void add_quantize(CLI::App& app);
void add_run(CLI::App& app);
void add_stream(CLI::App& app);
void add_summarize(CLI::App& app);
void add_train(CLI::App& app);

}  // namespace stapes::cli
