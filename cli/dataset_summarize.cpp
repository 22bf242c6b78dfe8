#include <fmt/format.h>

#include <memory>

#include "cli/dataset.h"
#include "toolkit/base/error.h"
#include "toolkit/dataset/summary.h"

namespace stapes::cli {
namespace {

struct Arguments {
  std::string what;
  std::string data;
  std::vector<std::string> settings;
  bool verify = false;
  bool json = false;
};

void run(const Arguments& arguments) {
  const bool folder = std::filesystem::is_directory(arguments.what);
  if (folder && !arguments.settings.empty()) {
    throw UsageError("--set changes a specification, and WHAT is a folder");
  }
  const Specification specification = folder
                                          ? dataset::specification_of_folder(arguments.what)
                                          : read_specification(arguments.what, arguments.settings);
  const Path root = folder ? Path(arguments.what) : data_root(specification, arguments.data);
  dataset::LoadOptions options;
  options.for_training = !folder;
  if (arguments.verify) options.check = dataset::Check::kDecode;
  const dataset::Dataset data = dataset::load_dataset(specification, root, options);
  const dataset::Summary summary = dataset::summarize(data, specification.data.class_weights);
  if (arguments.json) {
    fmt::print("{}\n", dataset::summary_json(summary));
  } else {
    fmt::print("{}", dataset::summary_text(summary));
  }
}

}  // namespace

void add_dataset_summarize(Command& dataset) {
  Command command =
      dataset.add_command("summarize", "Show clips, speakers and seconds of each class and split");
  const auto arguments = std::make_shared<Arguments>();
  command
      .add_option("WHAT", arguments->what,
                  "Model specification (SPEC.toml), or a folder with a folder per word")
      .required();
  command.add_option("--data", arguments->data, "Where the recordings lie (else $STAPES_DATA)");
  command.add_set_option(arguments->settings, "data.split.test=0.2");
  command.add_flag("--verify", arguments->verify,
                   "Decode every file, to find truncated files and samples that are no numbers");
  command.add_flag("--json", arguments->json, "Print one JSON object");
  command.callback([arguments] { run(*arguments); });
}

}  // namespace stapes::cli
