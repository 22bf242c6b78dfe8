#include <fmt/format.h>

#include <memory>

#include "cli/dataset.h"
#include "toolkit/dataset/download/fetch.h"

namespace stapes::cli {
namespace {

struct Arguments {
  std::string name;
  std::string url;
  std::string checksum;
  std::string output;
  dataset::DownloadOptions download;
};

void run(const Arguments& arguments) {
  dataset::Collection collection = dataset::find_collection(arguments.name);
  if (!arguments.url.empty()) collection.url = arguments.url;
  if (!arguments.checksum.empty()) {
    collection.checksum = dataset::parse_checksum(arguments.checksum).hexadecimal;
  }
  const Path output =
      arguments.output.empty() ? Path("data") / collection.name : Path(arguments.output);
  const dataset::FetchResult result = dataset::fetch(collection, output, arguments.download);
  fmt::print("{}: {} clips of {} speakers{}; {}, {}\n", output.string(), result.clips,
             result.speakers, result.was_there ? ", there already" : "", collection.source,
             collection.licence);
}

}  // namespace

void add_dataset_fetch(Command& dataset) {
  Command command = dataset.add_command(
      "fetch",
      "Download a collection of recordings, verify its checksum and unpack it. A transfer that was "
      "cut goes on where it ended when the command is run again.");
  const auto arguments = std::make_shared<Arguments>();
  std::string known;
  for (const dataset::Collection& collection : dataset::collections()) {
    known += fmt::format("{}{} ({})", known.empty() ? "" : ", ", collection.name, collection.about);
  }
  command.add_option("NAME", arguments->name, "Which: " + known).required();
  command.add_option("--url", arguments->url, "Get the archive from this address instead");
  command.add_option("--sha256", arguments->checksum,
                     "Expect this checksum (64 hexadecimal digits; 40 are taken as SHA-1) instead "
                     "of the built-in one");
  command.add_option("--output", arguments->output, "Folder to make (default: data/NAME)");
  command
      .add_option("--attempts", arguments->download.attempts,
                  "Give up after this many attempts without progress")
      .range(1, 1000)
      .show_default();
  command.callback([arguments] { run(*arguments); });
}

}  // namespace stapes::cli
