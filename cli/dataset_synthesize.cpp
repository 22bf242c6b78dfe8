#include <fmt/format.h>

#include <memory>
#include <set>

#include "cli/dataset.h"
#include "toolkit/base/error.h"
#include "toolkit/dataset/dataset.h"
#include "toolkit/dataset/synthesis/synthesize.h"
#include "toolkit/specification/specification.h"

namespace stapes::cli {
namespace {

struct Arguments {
  std::string specification;
  std::vector<std::string> set;
  std::vector<std::string> words;
  std::string output;
  dataset::SynthesisSettings settings;
  std::string only;
  std::string data;
  int threads = 0;
  bool no_noise = false;
  bool without_test_words = false;
};

// The other words of the specification's test split, which a model must not have learnt.
std::vector<std::string> test_words(Specification specification, const std::string& data) {
  const Path root = data_root(specification, data);
  // The folder that is to be made may be one of them.
  std::erase_if(specification.data.sources, [&](const DataSource& source) {
    return !std::filesystem::exists(root / source.path);
  });
  dataset::LoadOptions options;
  options.check = dataset::Check::kName;
  options.for_training = false;
  const dataset::Dataset found = dataset::load_dataset(specification, root, options);
  std::set<std::string> words;
  for (const dataset::ClipReference& clip : found.clips) {
    if (clip.split == dataset::Split::kTest && clip.label == found.unknown_label) {
      words.insert(clip.word);
    }
  }
  return {words.begin(), words.end()};
}

dataset::SynthesisOptions options_of(const Arguments& arguments) {
  dataset::SynthesisOptions options;
  options.settings = arguments.settings;
  options.settings.words = arguments.words;
  options.processes = arguments.threads;
  options.surroundings = !arguments.no_noise;
  if (!arguments.only.empty()) {
    options.settings.only = dataset::parse_split(arguments.only, "--only");
  }
  if (arguments.specification.empty() && !arguments.set.empty()) {
    throw UsageError("--set changes a specification, and none is named");
  }
  if (!arguments.specification.empty()) {
    const Specification specification = read_specification(arguments.specification, arguments.set);
    if (options.settings.words.empty()) options.settings.words = specification.keywords;
    options.settings.validation = specification.data.split.validation;
    options.settings.test = specification.data.split.test;
    if (arguments.without_test_words) {
      for (std::string& word : test_words(specification, arguments.data)) {
        options.settings.without.push_back(std::move(word));
      }
    }
    options.unknown = specification.unknown_class() >= 0;
    options.output = arguments.output.empty() ? data_root(specification, arguments.data)
                                              : Path(arguments.output);
  } else {
    options.output = arguments.output;
    if (arguments.without_test_words) {
      throw UsageError("--without-test-words needs a specification, which names the data");
    }
  }
  if (options.settings.words.empty()) {
    throw UsageError("say which words with --words yes,no or name a specification");
  }
  if (options.output.empty()) throw UsageError("say where with --output FOLDER");
  return options;
}

void run(const Arguments& arguments) {
  const dataset::SynthesisOptions options = options_of(arguments);
  const dataset::SynthesisResult result = dataset::synthesize(options);
  fmt::print("{}: {} files made, {} were there, {} speakers ({})\n", options.output.string(),
             result.made, result.kept, result.speakers, result.engines);
  if (result.made > 0) {
    fmt::print("{:.1f} s, {:.0f} files/s\n", result.seconds,
               static_cast<double>(result.made) / result.seconds);
  }
}

}  // namespace

void add_dataset_synthesize(Command& dataset) {
  Command command = dataset.add_command(
      "synthesize",
      "Speak words with eSpeak NG, flite and, where wanted, Festival, in many voices, accents, "
      "rates and pitches, and make "
      "noise and rooms. Needs no network. Run again, it makes only what is missing.");
  const auto arguments = std::make_shared<Arguments>();
  command.add_option("SPEC", arguments->specification,
                     "Model specification: its keywords, shares of the splits and data root");
  command.add_set_option(arguments->set, "data.split.test=0.2");
  command.add_option("--words", arguments->words, "Words to speak, e.g. yes,no").delimiter(',');
  command.add_option("--data", arguments->data,
                     "Where the specification's recordings lie (else $STAPES_DATA)");
  command.add_option("--output", arguments->output,
                     "Folder to write to (default: the specification's data root)");
  command
      .add_option("--clips-per-word", arguments->settings.clips_per_word,
                  "Clips of each word, all splits together")
      .range(0, 1000000)
      .show_default();
  command
      .add_option("--unknown-clips", arguments->settings.unknown_clips,
                  "Clips of other words, for the unknown class")
      .range(0, 10000000)
      .show_default();
  command
      .add_option("--sentences", arguments->settings.sentences,
                  "Sentences of other words, in the folder _sentences_: to choose thresholds on")
      .range(0, 1000000)
      .show_default();
  command
      .add_option("--without", arguments->settings.without,
                  "Words that the unknown class must not hold, e.g. those it is tested with")
      .delimiter(',');
  command.add_flag("--without-test-words", arguments->without_test_words,
                   "Nor the other words of the specification's test split");
  command
      .add_option("--dictionary", arguments->settings.other_words.dictionary,
                  "List of words, one in a line, that the unknown class is chosen from, e.g. "
                  "/usr/share/dict/american-english (default: some 400 common words)")
      .existing_file();
  command
      .add_option("--unknown-words", arguments->settings.other_words.count,
                  "Choose so many words for the unknown class by their sound (0: all of them)")
      .range(0, 1000000)
      .show_default();
  command
      .add_option("--near-share", arguments->settings.other_words.near_share,
                  "Share of --unknown-words that sound most like the keywords (\"bad\" and "
                  "\"bread\" for \"bed\"); the others are chosen by chance")
      .range(0.0, 1.0)
      .show_default();
  command
      .add_option("--flite-speakers", arguments->settings.flite_speakers,
                  "Speakers that each voice of flite is spoken as: more of them make flite's share "
                  "of the clips larger, and synthesis slower")
      .range(0, 10000)
      .show_default();
  command
      .add_option("--festival-speakers", arguments->settings.festival_speakers,
                  "Speakers that each voice of Festival is spoken as; more than 0 needs the "
                  "packages of scripts/install_packages voices")
      .range(0, 10000)
      .show_default();
  command
      .add_option("--prosody", arguments->settings.prosody,
                  "How far rate, pitch and melody vary; above 1 some words are emphasized")
      .range(0.0, 2.0)
      .show_default();
  const Argument only =
      command
          .add_option("--only", arguments->only,
                      "Speak with this split's voices only, all clips for it: train, validation "
                      "or test")
          .one_of({"train", "validation", "test"});
  command
      .add_flag("--training-only", arguments->settings.training_only,
                "All voices and clips are for training: where people's speech is tested on")
      .excludes(only);
  command.add_option("--seed", arguments->settings.seed, "Another seed, other clips")
      .show_default();
  command.add_option("--threads", arguments->threads,
                     "Processes at a time (default: one per core); the result is the same");
  command.add_flag("--no-noise", arguments->no_noise, "Make no noise and no rooms");
  command.callback([arguments] { run(*arguments); });
}

}  // namespace stapes::cli
