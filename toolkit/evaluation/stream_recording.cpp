#include "toolkit/evaluation/stream_recording.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "toolkit/base/error.h"
#include "toolkit/base/interrupt.h"
#include "toolkit/base/parallel.h"
#include "toolkit/base/progress.h"
#include "toolkit/graph/parameters.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes::evaluation {
namespace {

using Json = nlohmann::json;

// All that the scores depend on.
std::string key_of(const TestModel& model, const StreamSettings& settings,
                   const ContinuousSound& sound) {
  std::string text = sound.description();
  for (const auto& [name, value] : model.parameters.entries()) {
    // The detector's settings and what is only said about the model.
    if (name.starts_with("fe.") || name.starts_with("samplewise_norm.") || name == "classes") {
      text += fmt::format("{}={}\n", name, graph::to_text(value));
    }
  }
  text += fmt::format("latency {} gain {} state {}\n", settings.spotter.latency_ms,
                      settings.spotter.volume_gain, settings.spotter.keep_state);
  graph::Graph graph = model.graph;
  graph.metadata.clear();
  const Bytes bytes = graph::serialize_tflite(graph);
  text += sha256(bytes);
  return sha256({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

void store(const Path& file, const std::string& key, const StreamRecording& recording) {
  Json keywords = Json::array();
  for (const SpokenKeyword& keyword : recording.keywords) {
    keywords.push_back({keyword.label, keyword.begin_ms, keyword.end_ms});
  }
  Json heard = Json::array();
  for (const HeardRecording& piece : recording.heard) {
    heard.push_back({piece.begin_ms, piece.recording});
  }
  const Json content = {{"key", key},
                        {"kind", static_cast<int>(recording.kind)},
                        {"background", recording.background},
                        {"keywords", std::move(keywords)},
                        {"heard", std::move(heard)},
                        {"duration_ms", recording.duration_ms},
                        {"times_ms", recording.times_ms},
                        {"scores", Json::binary(recording.scores)}};
  write_file(file, Json::to_cbor(content));
}

// None where there is none of this key; a file that is damaged is made anew.
std::optional<StreamRecording> load(const Path& file, const std::string& key) {
  if (!std::filesystem::is_regular_file(file)) return std::nullopt;
  try {
    const Json content = Json::from_cbor(read_file(file));
    if (content.at("key") != key) return std::nullopt;
    StreamRecording recording;
    recording.kind = static_cast<SoundKind>(content.at("kind").get<int>());
    recording.background = content.at("background");
    for (const Json& keyword : content.at("keywords")) {
      recording.keywords.push_back({keyword.at(0), keyword.at(1), keyword.at(2)});
    }
    for (const Json& piece : content.at("heard")) {
      recording.heard.push_back({piece.at(0), piece.at(1)});
    }
    recording.duration_ms = content.at("duration_ms");
    recording.times_ms = content.at("times_ms").get<std::vector<int64_t>>();
    recording.scores = content.at("scores").get_binary();
    return recording;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

StreamRecording record(const TestModel& model, const StreamSettings& settings, SoundStream stream,
                       const std::vector<int>& labels) {
  StreamRecording recording;
  recording.kind = stream.kind;
  recording.background = stream.background;
  recording.keywords = std::move(stream.keywords);
  recording.heard = std::move(stream.heard);
  for (SpokenKeyword& keyword : recording.keywords) {
    keyword.label = labels[static_cast<size_t>(keyword.label)];
  }
  recording.duration_ms = static_cast<int64_t>(stream.samples.size()) * 1000 /
                          settings.spotter.front_end.sample_rate_hz;
  StreamSpotter spotter(model, settings);
  const size_t classes = model.classes.size();
  // In pieces, to be able to stop.
  const std::span<const int16_t> samples = stream.samples;
  const auto piece = static_cast<size_t>(settings.spotter.front_end.sample_rate_hz);
  for (size_t begin = 0; begin < samples.size(); begin += piece) {
    if (interrupted()) throw Interrupted();
    spotter.push(samples.subspan(begin, std::min(piece, samples.size() - begin)),
                 [&](const Spotter::Inference& inference) {
                   recording.times_ms.push_back(inference.time_ms);
                   recording.scores.insert(recording.scores.end(), inference.scores,
                                           inference.scores + classes);
                 });
  }
  return recording;
}

}  // namespace

std::vector<StreamRecording> record_streams(const TestModel& model, const StreamSettings& settings,
                                            const ContinuousSound& sound,
                                            const std::vector<int>& labels,
                                            const RecordingOptions& options) {
  if (settings.spotter.detector.suppression_ms <= 1) {
    throw Error("cannot try thresholds", model.path.string(),
                fmt::format("with suppression_ms of {} a detection makes the spotter forget the "
                            "sound, so that what it hears depends on the threshold",
                            settings.spotter.detector.suppression_ms),
                "set it to the time after which a word may come again: stapes params MODEL "
                "suppression_ms=700");
  }
  const std::string key = key_of(model, settings, sound);
  std::vector<StreamRecording> recordings(sound.size());
  Progress progress(options.title, sound.size(), "streams");
  parallel_for(sound.size(), options.threads, [&](size_t i) {
    if (interrupted()) throw Interrupted();
    const Path file = options.cache.empty() ? Path() : options.cache / fmt::format("{:04}.cbor", i);
    std::optional<StreamRecording> kept = file.empty() ? std::nullopt : load(file, key);
    if (!kept) {
      kept = record(model, settings, sound.make(i), labels);
      if (!file.empty()) store(file, key, *kept);
    }
    recordings[i] = std::move(*kept);
    progress.advance();
  });
  return recordings;
}

StreamRecording at_interval(const StreamRecording& recording, int64_t interval_ms) {
  StreamRecording result = recording;
  result.times_ms.clear();
  result.scores.clear();
  if (recording.times_ms.empty()) return result;
  const size_t classes = recording.scores.size() / recording.times_ms.size();
  for (size_t i = 0; i < recording.times_ms.size(); ++i) {
    const int64_t time = recording.times_ms[i];
    if (!result.times_ms.empty() && time - result.times_ms.back() < interval_ms) continue;
    result.times_ms.push_back(time);
    const auto first = recording.scores.begin() + static_cast<std::ptrdiff_t>(i * classes);
    result.scores.insert(result.scores.end(), first, first + static_cast<std::ptrdiff_t>(classes));
  }
  return result;
}

}  // namespace stapes::evaluation
