#include "toolkit/dataset/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "toolkit/audio/read.h"
#include "toolkit/base/error.h"
#include "toolkit/base/interrupt.h"
#include "toolkit/base/parallel.h"

namespace stapes::dataset {
namespace {

nlohmann::json amount_json(const Amount& amount) {
  return {{"clips", amount.clips}, {"speakers", amount.speakers}, {"seconds", amount.seconds}};
}

nlohmann::json split_json(const std::array<Amount, 3>& amounts) {
  nlohmann::json object;
  for (const Split split : kSplits) {
    object[std::string(split_name(split))] = amount_json(amounts[static_cast<size_t>(split)]);
  }
  return object;
}

nlohmann::json counts_json(const std::array<size_t, 3>& counts) {
  nlohmann::json object;
  for (const Split split : kSplits) {
    object[std::string(split_name(split))] = counts[static_cast<size_t>(split)];
  }
  return object;
}

std::array<size_t, 3> counts_of(const SoundFiles& sounds) {
  return {sounds.files[0].size(), sounds.files[1].size(), sounds.files[2].size()};
}

std::string row(const std::string& name, const std::array<Amount, 3>& amounts,
                const std::string& weight) {
  std::string text = fmt::format("{:<14}", name);
  for (const Amount& amount : amounts) {
    text += fmt::format(" {:>8} {:>8} {:>7.0f} |", amount.clips, amount.speakers, amount.seconds);
  }
  return text + fmt::format(" {:>6}\n", weight);
}

}  // namespace

Summary summarize(const Dataset& dataset, const std::string& class_weights) {
  std::vector<double> seconds(dataset.clips.size(), 0.0);
  parallel_for(dataset.clips.size(), 0, [&](size_t i) {
    if (interrupted()) throw Interrupted();
    seconds[i] = audio::read_audio_info(dataset.clips[i].path).seconds();
  });
  Summary summary;
  summary.classes = dataset.classes;
  summary.amounts.resize(dataset.classes.size());
  std::vector<std::array<std::set<std::string>, 3>> speakers(dataset.classes.size());
  std::array<std::set<std::string>, 3> all_speakers;
  for (size_t i = 0; i < dataset.clips.size(); ++i) {
    const ClipReference& clip = dataset.clips[i];
    const auto label = static_cast<size_t>(clip.label);
    const auto split = static_cast<size_t>(clip.split);
    for (Amount* amount : {&summary.amounts[label][split], &summary.totals[split]}) {
      ++amount->clips;
      amount->seconds += seconds[i];
    }
    if (clip.speaker.empty()) continue;
    speakers[label][split].insert(clip.speaker);
    all_speakers[split].insert(clip.speaker);
  }
  for (size_t split = 0; split < 3; ++split) {
    summary.totals[split].speakers = all_speakers[split].size();
    for (size_t label = 0; label < speakers.size(); ++label) {
      summary.amounts[label][split].speakers = speakers[label][split].size();
    }
  }
  summary.weights = dataset.class_weights(class_weights);
  summary.ambient = counts_of(dataset.ambient);
  summary.microphone = counts_of(dataset.microphone);
  summary.rooms = counts_of(dataset.rooms);
  summary.skipped = dataset.skipped;
  summary.warnings = dataset.warnings;
  return summary;
}

std::string summary_text(const Summary& summary) {
  std::string text = fmt::format("{:<14}", "");
  for (const char* name : {"training", "validation", "test"})
    text += fmt::format(" {:^25} |", name);
  text += fmt::format("\n{:<14}", "class");
  for (int i = 0; i < 3; ++i) text += fmt::format(" {:>8} {:>8} {:>7} |", "clips", "speakers", "s");
  text += " weight\n";
  for (size_t label = 0; label < summary.classes.size(); ++label) {
    text += row(summary.classes[label], summary.amounts[label],
                fmt::format("{:.2f}", summary.weights[label]));
  }
  text += row("all", summary.totals, "");
  const auto sounds = [&text](const char* name, const std::array<size_t, 3>& counts) {
    if (counts[0] + counts[1] + counts[2] == 0) return;
    text += fmt::format("{:<14} {} files for training, {} for validation, {} for test\n", name,
                        counts[0], counts[1], counts[2]);
  };
  sounds("ambient", summary.ambient);
  sounds("microphone", summary.microphone);
  sounds("rooms", summary.rooms);
  for (const std::string& warning : summary.warnings) {
    text += fmt::format("warning: {}\n", warning);
  }
  text += skipped_text(summary.skipped);
  return text;
}

std::string summary_json(const Summary& summary) {
  nlohmann::ordered_json object;
  object["classes"] = nlohmann::json::array();
  for (size_t label = 0; label < summary.classes.size(); ++label) {
    object["classes"].push_back({{"name", summary.classes[label]},
                                 {"weight", summary.weights[label]},
                                 {"splits", split_json(summary.amounts[label])}});
  }
  object["totals"] = split_json(summary.totals);
  object["ambient_files"] = counts_json(summary.ambient);
  object["microphone_files"] = counts_json(summary.microphone);
  object["room_files"] = counts_json(summary.rooms);
  object["warnings"] = summary.warnings;
  object["skipped"] = nlohmann::json::array();
  for (const SkippedFile& file : summary.skipped) {
    object["skipped"].push_back({{"path", file.path.string()}, {"why", file.why}});
  }
  return object.dump(2);
}

Specification specification_of_folder(const Path& folder) {
  if (!std::filesystem::is_directory(folder)) {
    throw Error("cannot summarize", folder.string(), "there is no such folder", "check the name");
  }
  Specification specification;
  specification.file = folder;
  specification.name = folder.filename().string();
  specification.data.root = folder;
  specification.data.unknown.label.clear();
  for (const std::filesystem::directory_entry& entry :
       std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_directory() || name.starts_with('.')) continue;
    if (name == "_unknown_") specification.data.unknown.label = name;
    if (!name.starts_with('_')) specification.keywords.push_back(name);
  }
  std::sort(specification.keywords.begin(), specification.keywords.end());
  DataSource source;
  source.path = ".";
  const auto has = [&folder](const char* name) { return std::filesystem::exists(folder / name); };
  if (has("testing_list.txt") && has("validation_list.txt")) {
    source.kind = DataSource::Kind::kSpeechCommands;
  }
  specification.data.sources = {source};
  NoiseSettings& noise = specification.data.noise;
  const bool separate = has("_background_noise_/ambient");
  if (separate) noise.ambient = {"_background_noise_/ambient"};
  if (!separate && has("_background_noise_")) noise.ambient = {"_background_noise_"};
  if (has("_background_noise_/microphone")) noise.microphone = {"_background_noise_/microphone"};
  if (has("_rooms_")) noise.rooms = {"_rooms_"};
  return specification;
}

}  // namespace stapes::dataset
