#include "cli/dataset.h"

#include "cli/commands.h"

namespace stapes::cli {

void add_dataset(Command& app) {
  Command dataset =
      app.add_command("dataset", "Make, fetch, convert and look at data sets of recordings");
  dataset.require_command();
  add_dataset_synthesize(dataset);
  add_dataset_sentence(dataset);
  add_dataset_fetch(dataset);
  add_dataset_import(dataset);
  add_dataset_mine(dataset);
  add_dataset_summarize(dataset);
  add_dataset_preview(dataset);
  dataset.footer("`stapes dataset COMMAND --help` explains a command.");
}

}  // namespace stapes::cli
