#pragma once
#include <CLI/CLI.hpp>

// The commands below `stapes dataset`, each in the file of its name.
namespace stapes::cli {

void add_dataset_sentence(CLI::App& dataset);
void add_dataset_fetch(CLI::App& dataset);
void add_dataset_import(CLI::App& dataset);
void add_dataset_mine(CLI::App& dataset);
void add_dataset_preview(CLI::App& dataset);
void add_dataset_summarize(CLI::App& dataset);
void add_dataset_synthesize(CLI::App& dataset);

}  // namespace stapes::cli
