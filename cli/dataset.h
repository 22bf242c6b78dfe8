#pragma once
#include "cli/command_line.h"

// The commands below `stapes dataset`, each in the file of its name.
namespace stapes::cli {

void add_dataset_sentence(Command& dataset);
void add_dataset_fetch(Command& dataset);
void add_dataset_import(Command& dataset);
void add_dataset_mine(Command& dataset);
void add_dataset_preview(Command& dataset);
void add_dataset_summarize(Command& dataset);
void add_dataset_synthesize(Command& dataset);

}  // namespace stapes::cli
