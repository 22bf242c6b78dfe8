#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>

#include "cli/dataset.h"
#include "toolkit/dataset/import.h"

namespace stapes::cli {
namespace {

constexpr size_t kSkippedShown = 20;

void run(const dataset::ImportOptions& options) {
  const dataset::ImportResult result = dataset::import_recordings(options);
  fmt::print("{}: {} clips of {} words and {} speakers, {} files converted, {} files of noise\n",
             options.output.string(), result.clips, result.words, result.speakers, result.converted,
             result.sounds);
  fmt::print("{}", dataset::skipped_text(result.skipped, kSkippedShown));
}

}  // namespace

void add_dataset_import(CLI::App& dataset) {
  CLI::App* const command = dataset.add_subcommand(
      "import",
      "Bring recordings of any format and sample rate (a folder per word) into a folder that "
      "training reads, with a manifest. The originals stay as they are.");
  const auto options = std::make_shared<dataset::ImportOptions>();
  command->add_option("FOLDER", options->folder, "Folder with a folder per word")->required();
  command->add_option("--output", options->output, "Folder to make")->required();
  command->add_flag("--copy", options->copy,
                    "Copy the files that need no conversion (default: hard links)");
  const std::map<std::string, dataset::SpeakerRule> rules = {
      {"name", dataset::SpeakerRule::kName},
      {"folder", dataset::SpeakerRule::kFolder},
      {"clip", dataset::SpeakerRule::kClip}};
  command
      ->add_option(
          "--speaker", options->speakers,
          "Who speaks: \"name\", as manifest.csv or the file's name says (SPEAKER_nohash_N.wav); "
          "\"folder\": WORD/SPEAKER/file.wav; \"clip\": every clip its own speaker, where "
          "nobody knows, which makes test results look better than they are")
      ->transform(CLI::CheckedTransformer(rules))
      ->default_str("name");
  command->add_option("--source", options->source,
                      "Where the recordings come from, for the manifest (default: FOLDER's name)");
  command->add_option("--licence", options->licence, "Their licence, for the manifest");
  command->callback([options] { run(*options); });
}

}  // namespace stapes::cli
