#include <fmt/format.h>

#include <memory>

#include "cli/dataset.h"
#include "toolkit/augmentation/preview.h"
#include "toolkit/dataset/dataset.h"

namespace stapes::cli {
namespace {

struct Arguments {
  std::string specification;
  std::string data;
  std::string output = "preview";
  std::vector<std::string> settings;
  augmentation::PreviewOptions options;
};

void run(const Arguments& arguments) {
  const Specification specification =
      read_specification(arguments.specification, arguments.settings);
  const dataset::Dataset data =
      dataset::load_dataset(specification, data_root(specification, arguments.data));
  for (const augmentation::PreviewItem& item :
       augmentation::write_preview(specification, data, arguments.output, arguments.options)) {
    fmt::print("{:<12} {} {}\n", item.label, item.sound.string(), item.image.filename().string());
  }
}

}  // namespace

void add_dataset_preview(Command& dataset) {
  Command command = dataset.add_command(
      "preview",
      "Write some training examples as the model gets them, to listen to and to look at: a WAV "
      "file and a picture of the spectrogram each, and what chance has done in draws.csv.");
  const auto arguments = std::make_shared<Arguments>();
  command.add_option("SPEC", arguments->specification, "Model specification").required();
  command.add_option("--data", arguments->data, "Where the recordings lie (else $STAPES_DATA)");
  command.add_option("--output", arguments->output, "Folder to write to").show_default();
  command.add_option("--clips", arguments->options.clips, "How many examples")
      .range(1, 100000)
      .show_default();
  command.add_option("--epoch", arguments->options.epoch, "Another epoch: other examples")
      .show_default();
  command.add_set_option(arguments->settings, "augmentation.shift=false");
  command.callback([arguments] { run(*arguments); });
}

}  // namespace stapes::cli
