#include "toolkit/evaluation/mining.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "toolkit/audio/clip.h"
#include "toolkit/audio/read.h"
#include "toolkit/base/error.h"
#include "toolkit/base/interrupt.h"
#include "toolkit/base/parallel.h"
#include "toolkit/base/progress.h"
#include "toolkit/dataset/csv.h"
#include "toolkit/dataset/manifest.h"
#include "toolkit/evaluation/scores.h"
#include "toolkit/evaluation/stream_spotter.h"

namespace stapes::evaluation {
namespace {

constexpr char kListName[] = "mined.csv";
constexpr char kFolder[] = "_unknown_/mined";

// The first of those that score highest: best first.
bool better(const HardNegative& a, const HardNegative& b) {
  if (a.score != b.score) return a.score > b.score;
  if (a.recording != b.recording) return a.recording < b.recording;
  return a.begin_ms < b.begin_ms;
}

bool earlier(const HardNegative& a, const HardNegative& b) { return a.begin_ms < b.begin_ms; }

// The best window of each moment: what lies closer to a better one is left out.
std::vector<HardNegative> without_neighbours(std::vector<HardNegative> found,
                                             int32_t suppression_ms) {
  std::sort(found.begin(), found.end(), better);
  std::vector<HardNegative> left;
  for (HardNegative& window : found) {
    const bool near = std::any_of(left.begin(), left.end(), [&](const HardNegative& other) {
      return std::abs(other.begin_ms - window.begin_ms) < suppression_ms;
    });
    if (!near) left.push_back(std::move(window));
  }
  std::sort(left.begin(), left.end(), earlier);
  return left;
}

std::vector<HardNegative> hear(const TestModel& model, const Path& recording,
                               const MiningOptions& options) {
  StreamSettings settings = stream_settings(model);
  settings.spotter.latency_ms = options.hop_ms;
  StreamSpotter spotter(model, settings);
  const FrontEndSettings& front_end = model.features.front_end;
  std::vector<float> samples =
      audio::read_audio(recording, {front_end.sample_rate_hz}).clip.samples;
  samples.resize(samples.size() + static_cast<size_t>(front_end.clip_samples()) / 2, 0.0F);
  std::vector<HardNegative> found;
  spotter.push(audio::to_pcm16(samples), [&](const Spotter::Inference& inference) {
    HardNegative window{recording, inference.time_ms - front_end.sample_length_ms, "", 0.0};
    for (size_t c = 0; c < model.classes.size(); ++c) {
      const double score = inference.scores[c] / 255.0;
      if (!is_keyword(model.classes[c]) || score <= window.score) continue;
      window.score = score;
      window.keyword = model.classes[c];
    }
    if (window.score >= options.score) found.push_back(std::move(window));
  });
  return without_neighbours(std::move(found), options.suppression_ms);
}

// The window's samples; silence where it reaches beyond the recording.
audio::Clip cut(const audio::Clip& recording, int64_t begin_ms, const FrontEndSettings& settings) {
  audio::Clip window;
  window.sample_rate_hz = settings.sample_rate_hz;
  window.samples.assign(static_cast<size_t>(settings.clip_samples()), 0.0F);
  const int64_t begin = begin_ms * settings.sample_rate_hz / 1000;
  for (size_t i = 0; i < window.samples.size(); ++i) {
    const int64_t from = begin + static_cast<int64_t>(i);
    if (from < 0 || from >= static_cast<int64_t>(recording.samples.size())) continue;
    window.samples[i] = recording.samples[static_cast<size_t>(from)];
  }
  return window;
}

void require_own_folder(const Path& output) {
  if (std::filesystem::exists(output / dataset::kManifestName) &&
      !std::filesystem::exists(output / kListName)) {
    throw Error("cannot write hard negatives", output.string(),
                "the folder holds recordings that were not mined",
                "choose another folder with --output");
  }
}

// One name for each recording: those of the same name in several folders get a number.
class Names {
 public:
  const std::string& of(const Path& recording) {
    const auto known = names_.find(recording);
    if (known != names_.end()) return known->second;
    std::string name = recording.stem().string();
    for (char& letter : name) {
      if (letter == '.' || letter == ',' || letter == ' ') letter = '_';
    }
    const int number = ++used_[name];
    if (number > 1) name += fmt::format("-{}", number);
    return names_.emplace(recording, name).first->second;
  }

 private:
  std::map<Path, std::string> names_;
  std::map<std::string, int> used_;
};

}  // namespace

std::vector<HardNegative> find_hard_negatives(const TestModel& model,
                                              const std::vector<Path>& recordings,
                                              const MiningOptions& options) {
  Progress progress("listening", recordings.size(), "recordings");
  std::vector<std::vector<HardNegative>> heard(recordings.size());
  parallel_for(recordings.size(), options.threads, [&](size_t i) {
    if (interrupted()) throw Interrupted();
    heard[i] = hear(model, recordings[i], options);
    progress.advance();
  });
  if (options.maximum > 0) {
    std::vector<HardNegative> all;
    for (const auto& windows : heard) all.insert(all.end(), windows.begin(), windows.end());
    if (all.size() > options.maximum) {
      const auto last = all.begin() + static_cast<std::ptrdiff_t>(options.maximum) - 1;
      std::nth_element(all.begin(), last, all.end(), better);
      const HardNegative worst = *last;
      for (auto& windows : heard) {
        std::erase_if(windows, [&](const HardNegative& window) { return better(worst, window); });
      }
    }
  }
  std::vector<HardNegative> found;
  for (auto& windows : heard) {
    std::move(windows.begin(), windows.end(), std::back_inserter(found));
  }
  return found;
}

void write_hard_negatives(const std::vector<HardNegative>& found, const TestModel& model,
                          const Path& output) {
  require_own_folder(output);
  std::filesystem::remove_all(output / kFolder);
  dataset::CsvTable list{{"path", "recording", "begin_ms", "keyword", "score"}, {}};
  std::vector<dataset::ManifestEntry> manifest;
  Names names;
  audio::Clip recording;
  Path read;
  for (const HardNegative& window : found) {
    if (interrupted()) throw Interrupted();
    if (window.recording != read) {
      recording =
          audio::read_audio(window.recording, {model.features.front_end.sample_rate_hz}).clip;
      read = window.recording;
    }
    const std::string& name = names.of(window.recording);
    const std::string path = fmt::format("{}/{}_nohash_{}.flac", kFolder, name, window.begin_ms);
    audio::write_audio(output / path, cut(recording, window.begin_ms, model.features.front_end));
    list.rows.push_back({path, window.recording.string(), fmt::format("{}", window.begin_ms),
                         window.keyword, fmt::format("{:.3f}", window.score)});
    manifest.push_back({path, "mined", name, "train", "mined", "", sha256_of_file(output / path)});
  }
  write_text_file(output / kListName, dataset::csv_text(list));
  dataset::write_manifest(output / dataset::kManifestName, std::move(manifest));
}

}  // namespace stapes::evaluation
