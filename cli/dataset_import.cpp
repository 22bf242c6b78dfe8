#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>

#include "cli/dataset.h"
#include "toolkit/dataset/import.h"

namespace stapes::cli {
namespace {

constexpr size_t kSkippedShown = 20;

struct Arguments {
  dataset::ImportOptions options;
  std::string speakers = "name";
};

dataset::SpeakerRule speaker_rule(const std::string& speakers) {
  if (speakers == "folder") return dataset::SpeakerRule::kFolder;
  if (speakers == "clip") return dataset::SpeakerRule::kClip;
  return dataset::SpeakerRule::kName;
}

void run(const Arguments& arguments) {
  dataset::ImportOptions options = arguments.options;
  options.speakers = speaker_rule(arguments.speakers);
  const dataset::ImportResult result = dataset::import_recordings(options);
  fmt::print("{}: {} clips of {} words and {} speakers, {} files converted, {} files of noise\n",
             options.output.string(), result.clips, result.words, result.speakers, result.converted,
             result.sounds);
  fmt::print("{}", dataset::skipped_text(result.skipped, kSkippedShown));
}

}  // namespace

void add_dataset_import(Command& dataset) {
  Command command = dataset.add_command(
      "import",
      "Bring recordings of any format and sample rate (a folder per word) into a folder that "
      "training reads, with a manifest. The originals stay as they are.");
  const auto arguments = std::make_shared<Arguments>();
  command.add_option("FOLDER", arguments->options.folder, "Folder with a folder per word")
      .required();
  command.add_option("--output", arguments->options.output, "Folder to make").required();
  command.add_flag("--copy", arguments->options.copy,
                   "Copy the files that need no conversion (default: hard links)");
  command
      .add_option(
          "--speaker", arguments->speakers,
          "Who speaks: \"name\", as manifest.csv or the file's name says (SPEAKER_nohash_N.wav); "
          "\"folder\": WORD/SPEAKER/file.wav; \"clip\": every clip its own speaker, where "
          "nobody knows, which makes test results look better than they are")
      .one_of({"name", "folder", "clip"})
      .show_default();
  command.add_option("--source", arguments->options.source,
                     "Where the recordings come from, for the manifest (default: FOLDER's name)");
  command.add_option("--licence", arguments->options.licence, "Their licence, for the manifest");
  command.callback([arguments] { run(*arguments); });
}

}  // namespace stapes::cli
