#include <fmt/format.h>

#include <memory>

#include "cli/dataset.h"
#include "toolkit/audio/read.h"
#include "toolkit/dataset/sentence.h"
#include "toolkit/specification/specification.h"

namespace stapes::cli {
namespace {

struct Arguments {
  std::string specification;
  std::vector<std::string> set;
  std::string data;
  std::string split = "test";
  std::string output;
  dataset::SentenceSettings settings;
};

void run(const Arguments& arguments) {
  const Specification specification = read_specification(arguments.specification, arguments.set);
  dataset::SentenceSettings settings = arguments.settings;
  settings.split = dataset::parse_split(arguments.split, "--split");
  settings.sample_rate_hz = specification.features.front_end.sample_rate_hz;
  const dataset::Dataset data =
      dataset::load_dataset(specification, data_root(specification, arguments.data));
  const dataset::Sentence sentence = dataset::make_sentence(data, settings);
  audio::write_audio(arguments.output, sentence.clip);
  fmt::print("{}:", arguments.output);
  for (size_t i = 0; i < settings.words.size(); ++i) {
    fmt::print("{} {} at {:.1f} s", i == 0 ? "" : ",", settings.words[i],
               sentence.word_begins_ms[i] / 1000.0);
  }
  fmt::print("\n");
}

}  // namespace

void add_dataset_sentence(Command& dataset) {
  Command command = dataset.add_command(
      "sentence", "Join clips of several words to one recording, to try `stapes classify` on");
  const auto arguments = std::make_shared<Arguments>();
  command.add_option("SPEC", arguments->specification, "Model specification").required();
  command.add_option("--words", arguments->settings.words, "The words, in order: three,one")
      .required()
      .delimiter(',');
  command.add_option("--output", arguments->output, "WAV or FLAC file to write").required();
  command.add_option("--split", arguments->split, "train, validation or test").show_default();
  command.add_option("--data", arguments->data, "Where the data lies");
  command.add_set_option(arguments->set, "data.split.seed=7");
  command.add_option("--seed", arguments->settings.seed, "Another seed, other clips")
      .show_default();
  command.callback([arguments] { run(*arguments); });
}

}  // namespace stapes::cli
