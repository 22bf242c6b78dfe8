#include <string>

#include "toolkit/specification/sections.h"

namespace stapes {
namespace {

DataSource read_source(TableReader reader) {
  DataSource source;
  std::string kind = "folders";
  reader.read_choice("kind", kind, {"folders", "speech_commands"});
  source.kind = kind == "folders" ? DataSource::Kind::kFolders : DataSource::Kind::kSpeechCommands;
  reader.read("path", source.path);
  if (source.path.empty()) reader.fail("path", "it is missing", "say where the clips lie");
  reader.read("words", source.words);
  reader.read("splits", source.splits);
  reader.read("only_splits", source.only_splits);
  for (std::string& split : source.only_splits) {
    if (split != "train" && split != "validation" && split != "test") {
      reader.fail("only_splits", "\"" + split + "\" is not a split",
                  "known are: train, validation, test");
    }
  }
  reader.read("unknown", source.unknown);
  reader.read("repeat", source.repeat, 1, 1000);
  reader.finish();
  return source;
}

}  // namespace

void read_data(TableReader reader, const std::string& file, DataSettings& data) {
  reader.read("root", data.root);
  reader.read_choice("class_weights", data.class_weights, {"balanced", "none"});
  if (const toml::array* sources = reader.array("sources")) {
    for (const toml::node& source : *sources) {
      if (!source.is_table())
        reader.fail("sources", "an item is not a table", "write [[data.sources]]");
      data.sources.push_back(read_source(TableReader(source.as_table(), "data.sources", file)));
    }
  }

  TableReader split(reader.table("split"), "data.split", file);
  split.read("validation", data.split.validation, 0.0, 0.9);
  split.read("test", data.split.test, 0.0, 0.9);
  split.read("seed", data.split.seed);
  if (data.split.validation + data.split.test > 0.95) {
    split.fail("validation", "validation and test together leave nothing to train on",
               "make them smaller");
  }
  split.finish();

  TableReader unknown(reader.table("unknown"), "data.unknown", file);
  unknown.read("label", data.unknown.label);
  unknown.read("maximum_clips", data.unknown.maximum_clips, 0, 100000000);
  unknown.read("silence_probability", data.unknown.silence_probability, 0.0, 1.0);
  unknown.read("cropped_keyword_probability", data.unknown.cropped_keyword_probability, 0.0, 1.0);
  unknown.read("spliced_keyword_probability", data.unknown.spliced_keyword_probability, 0.0, 1.0);
  unknown.read("reversed_keyword_probability", data.unknown.reversed_keyword_probability, 0.0, 1.0);
  if (data.unknown.silence_probability + data.unknown.cropped_keyword_probability +
          data.unknown.spliced_keyword_probability + data.unknown.reversed_keyword_probability >
      1.0) {
    unknown.fail("silence_probability", "the four probabilities add to more than 1");
  }
  unknown.finish();

  TableReader noise(reader.table("noise"), "data.noise", file);
  noise.read("ambient", data.noise.ambient);
  noise.read("microphone", data.noise.microphone);
  noise.read("rooms", data.noise.rooms);
  noise.read("splits", data.noise.splits);
  noise.finish();
  reader.finish();
}

}  // namespace stapes
