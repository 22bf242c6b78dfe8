#include "toolkit/dataset/synthesis/synthesize.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "toolkit/audio/read.h"
#include "toolkit/base/error.h"
#include "toolkit/base/interrupt.h"
#include "toolkit/base/parallel.h"
#include "toolkit/base/progress.h"
#include "toolkit/dataset/csv.h"
#include "toolkit/dataset/manifest.h"
#include "toolkit/dataset/synthesis/processes.h"
#include "toolkit/dataset/synthesis/surroundings.h"

namespace stapes::dataset {
namespace {

constexpr char kSettingsName[] = "synthesis.json";
constexpr int kRecipe = 1;  // counts changes of this room that change what is made
constexpr char kLicence[] = "machine-made";

// What must be the same for clips of one folder to belong together.
nlohmann::json identity(const SynthesisOptions& options, const std::string& engines) {
  const SynthesisSettings& settings = options.settings;
  nlohmann::json identity = {{"recipe", kRecipe},
                             {"seed", settings.seed},
                             {"validation", settings.validation},
                             {"test", settings.test},
                             {"engines", engines}};
  const SynthesisSettings usual;
  if (settings.flite_speakers != usual.flite_speakers) {
    identity["flite_speakers"] = settings.flite_speakers;
  }
  if (settings.festival_speakers != usual.festival_speakers) {
    identity["festival_speakers"] = settings.festival_speakers;
  }
  if (settings.prosody != usual.prosody) identity["prosody"] = settings.prosody;
  const OtherWordsSettings& others = settings.other_words;
  if (!others.dictionary.empty()) identity["dictionary"] = sha256_of_file(others.dictionary);
  if (others.count > 0) {
    identity["unknown_words"] = others.count;
    identity["near_share"] = others.near_share;
  }
  if (settings.training_only) identity["training_only"] = true;
  if (settings.only) identity["only"] = split_name(*settings.only);
  if (!settings.without.empty()) identity["without"] = settings.without;
  return identity;
}

// The words that are left out, whatever order they were named in.
void sort_words(nlohmann::json& identity) {
  if (!identity.is_object() || !identity.contains("without")) return;
  nlohmann::json& words = identity["without"];
  if (words.is_array()) std::sort(words.begin(), words.end());
}

void claim_folder(const SynthesisOptions& options, const std::string& engines) {
  const Path file = options.output / kSettingsName;
  nlohmann::json wanted = identity(options, engines);
  sort_words(wanted);
  if (!std::filesystem::exists(file)) {
    if (std::filesystem::exists(options.output / kManifestName)) {
      throw Error("cannot synthesize", options.output.string(),
                  "the folder holds recordings that were not synthesized",
                  "choose another folder with --output");
    }
    write_text_file(file, wanted.dump(2) + "\n");
    return;
  }
  nlohmann::json found = nlohmann::json::parse(read_text_file(file), nullptr, false);
  sort_words(found);
  if (found != wanted) {
    throw Error("cannot synthesize", options.output.string(),
                "the folder was made with another seed, other shares or other engines",
                "choose another folder with --output, or delete this one");
  }
}

// The manifest of the output folder while it is being made.
class Work {
 public:
  explicit Work(Path output) : output_(std::move(output)) {
    const Path file = output_ / kManifestName;
    if (std::filesystem::exists(file)) entries_ = manifest_by_path(file);
  }

  // It is there, as the manifest describes it.
  bool done(const std::string& path) const {
    const auto entry = entries_.find(path);
    if (entry == entries_.end() || !std::filesystem::exists(output_ / path)) return false;
    return sha256_of_file(output_ / path) == entry->second.sha256;
  }

  void add(ManifestEntry entry) {
    std::string path = entry.path;
    entries_.insert_or_assign(std::move(path), std::move(entry));
  }

  void save() const {
    std::vector<ManifestEntry> all;
    for (const auto& [path, entry] : entries_) all.push_back(entry);
    write_manifest(output_ / kManifestName, std::move(all));
  }

 private:
  Path output_;
  std::map<std::string, ManifestEntry> entries_;
};

// Which clips of each voice are done; a voice with nothing left is not spoken again.
struct Progressing {
  std::vector<std::vector<char>> done;
  std::vector<size_t> voices_left;
  size_t clips_left = 0;
};

Progressing find_done(const std::vector<PlannedVoice>& plan, const Work& work, int threads) {
  Progressing state;
  state.done.resize(plan.size());
  parallel_for(plan.size(), threads, [&](size_t v) {
    for (const PlannedClip& clip : plan[v].clips) state.done[v].push_back(work.done(clip.path));
  });
  for (size_t v = 0; v < plan.size(); ++v) {
    size_t left = 0;
    for (const char done : state.done[v]) left += done == 0 ? 1 : 0;
    state.clips_left += left;
    if (left > 0) state.voices_left.push_back(v);
  }
  return state;
}

void speak_all(const std::vector<PlannedVoice>& plan, const Progressing& state,
               const SynthesisOptions& options, SpeechEngines& engines, Work& work) {
  if (state.clips_left == 0) return;
  Progress progress("synthesizing", state.clips_left, "clips");
  const auto speak_voice = [&](size_t unit, const Report& report) {
    const size_t v = state.voices_left[unit];
    std::vector<Utterance> utterances;
    for (const PlannedClip& clip : plan[v].clips) utterances.push_back(clip.utterance);
    // Clips that are done are spoken too: the engine's state must be what it was.
    engines.speak_all(plan[v].voice, utterances, [&](size_t c, const audio::Clip& spoken) {
      if (state.done[v][c] != 0) return;
      const Path file = options.output / plan[v].clips[c].path;
      audio::write_audio(file, spoken);
      report(fmt::format("{} {}", c, sha256_of_file(file)));
    });
  };
  const auto note = [&](size_t unit, const std::string& line) {
    const PlannedVoice& voice = plan[state.voices_left[unit]];
    const size_t space = line.find(' ');
    const PlannedClip& clip = voice.clips[std::stoul(line.substr(0, space))];
    work.add({clip.path, clip.word, voice.voice.name(), std::string(split_name(voice.voice.split)),
              voice.voice.source(), kLicence, line.substr(space + 1)});
    progress.advance();
  };
  run_in_processes(state.voices_left.size(), options.processes, speak_voice, note);
}

// Clips of other words where there are any, so that no keyword is in the background.
std::vector<std::string> babble_words(const std::vector<PlannedVoice>& plan, Split split) {
  std::vector<std::string> keywords;
  std::vector<std::string> others;
  for (const PlannedVoice& voice : plan) {
    if (voice.voice.split != split) continue;
    for (const PlannedClip& clip : voice.clips) {
      (clip.path.starts_with('_') ? others : keywords).push_back(clip.path);
    }
  }
  return others.empty() ? keywords : others;
}

size_t make_surroundings(const std::vector<PlannedVoice>& plan, const SynthesisOptions& options,
                         Work& work, size_t& kept) {
  std::vector<PlannedSound> left;
  std::map<Split, std::vector<std::string>> words;
  for (const Split split : kSplits) words[split] = babble_words(plan, split);
  for (PlannedSound& sound : plan_surroundings()) {
    if (sound.kind == "babble" && words[sound.split].empty()) continue;
    if (work.done(sound.path)) {
      ++kept;
    } else {
      left.push_back(std::move(sound));
    }
  }
  if (left.empty()) return 0;
  Progress progress("noise and rooms", left.size(), "files");
  std::vector<std::string> checksums(left.size());
  parallel_for(left.size(), options.processes, [&](size_t i) {
    if (interrupted()) throw Interrupted();
    make_sound(left[i], words.at(left[i].split), options.output, options.settings.seed);
    checksums[i] = sha256_of_file(options.output / left[i].path);
    progress.advance();
  });
  for (size_t i = 0; i < left.size(); ++i) {
    work.add({left[i].path, "", "", std::string(split_name(left[i].split)),
              "simulated " + left[i].kind, kLicence, checksums[i]});
  }
  return left.size();
}

constexpr char kOtherWordsName[] = "other_words.csv";

struct ChosenWords {
  std::vector<OtherWord> others;
  std::vector<std::string> small;

  OtherWords plain() const {
    OtherWords words{{}, small};
    for (const OtherWord& other : others) words.common.push_back(other.word);
    return words;
  }
};

// In a process of its own, so that the engines of this one are still as they started.
ChosenWords choose_words(const SynthesisSettings& settings, SpeechEngines& engines) {
  ChosenWords chosen;
  run_in_processes(
      1, 1,
      [&](size_t, const Report& report) {
        for (const OtherWord& word : other_words(settings.words, settings.without,
                                                 settings.other_words, settings.seed, engines)) {
          report(fmt::format("other {} {:.3f} {} {}", word.near ? 1 : 0, word.distance, word.word,
                             word.nearest));
        }
        for (const std::string& word :
             usable_small_words(settings.words, settings.without, engines)) {
          report("small " + word);
        }
      },
      [&chosen](size_t, const std::string& line) {
        std::istringstream fields(line);
        std::string kind;
        OtherWord word;
        fields >> kind;
        if (kind == "small") {
          fields >> chosen.small.emplace_back();
          return;
        }
        fields >> word.near >> word.distance >> word.word >> word.nearest;
        chosen.others.push_back(std::move(word));
      });
  return chosen;
}

void write_other_words(const Path& file, const std::vector<OtherWord>& words) {
  CsvTable table{{"word", "chosen", "nearest_keyword", "distance"}, {}};
  for (const OtherWord& word : words) {
    table.rows.push_back({word.word, word.near ? "neighbour" : "by chance", word.nearest,
                          fmt::format("{:.2f}", word.distance)});
  }
  write_text_file(file, csv_text(table));
}

void require_festival(const std::vector<Voice>& voices) {
  if (std::any_of(voices.begin(), voices.end(),
                  [](const Voice& voice) { return voice.engine == Engine::kFestival; })) {
    return;
  }
  throw Error(
      "cannot synthesize", "festival", "neither it nor one of its voices is installed",
      "install them with scripts/install_packages voices, or leave --festival-speakers out");
}

}  // namespace

SynthesisResult synthesize(const SynthesisOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  SpeechEngines engines;
  SynthesisResult result;
  const SynthesisSettings& settings = options.settings;
  result.engines = engines.versions(settings.festival_speakers > 0);
  std::vector<Voice> voices;
  for (const Split split : kSplits) {
    for (Voice& voice :
         voices_of(split, settings.seed, settings.flite_speakers, settings.festival_speakers)) {
      if (settings.training_only) voice.split = Split::kTrain;
      if (engines.has(voice)) voices.push_back(std::move(voice));
    }
  }
  if (settings.festival_speakers > 0) require_festival(voices);
  ChosenWords words;
  if (options.unknown && settings.unknown_clips + settings.sentences > 0) {
    words = choose_words(settings, engines);
  }
  const std::vector<PlannedVoice> plan = plan_clips(options.settings, voices, words.plain());
  result.speakers = plan.size();
  claim_folder(options, result.engines);
  if (settings.other_words.count > 0)
    write_other_words(options.output / kOtherWordsName, words.others);
  Work work(options.output);
  const Progressing state = find_done(plan, work, options.processes);
  for (const PlannedVoice& voice : plan) result.kept += voice.clips.size();
  result.kept -= state.clips_left;
  result.made = state.clips_left;
  try {
    speak_all(plan, state, options, engines, work);
    if (options.surroundings) result.made += make_surroundings(plan, options, work, result.kept);
  } catch (...) {
    work.save();  // what is made need not be made again
    throw;
  }
  work.save();
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

}  // namespace stapes::dataset
