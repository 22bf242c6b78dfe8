#include "toolkit/evaluation/stream_candidates.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "device/detection/detector.h"
#include "device/spotter/spotter_layout.h"
#include "toolkit/base/error.h"
#include "toolkit/base/parallel.h"
#include "toolkit/evaluation/scores.h"

namespace stapes::evaluation {
namespace {

void require(const Status& status) {
  if (!status.ok()) throw Error("cannot run", "the detector", status.message);
}

// The device's detector with its memory.
class OwnedDetector {
 public:
  OwnedDetector(const Detector::Settings& settings, const std::vector<std::string>& classes,
                int32_t results) {
    for (const std::string& label : classes) labels_.push_back(label.c_str());
    const auto count = static_cast<int32_t>(classes.size());
    const size_t bytes = Detector::memory_bytes(count, results);
    memory_.resize((bytes + sizeof(int64_t) - 1) / sizeof(int64_t));
    require(detector_.initialize(settings, labels_.data(), count, memory_.data(), bytes));
  }
  Detector& operator*() { return detector_; }
  Detector* operator->() { return &detector_; }

 private:
  std::vector<const char*> labels_;
  std::vector<int64_t> memory_;
  Detector detector_;
};

std::vector<Candidate> candidates_of(const StreamRecording& recording,
                                     const std::vector<std::string>& classes,
                                     const StreamSettings& settings) {
  OwnedDetector detector(settings.spotter.detector, classes,
                         detector_results(settings.spotter, settings.frame_by_frame));
  std::vector<Candidate> candidates;
  for (size_t i = 0; i < recording.times_ms.size(); ++i) {
    Detection detection;
    require(detector->process(recording.times_ms[i], recording.scores.data() + i * classes.size(),
                              &detection));
    if (detection.class_index < 0) continue;
    const std::string& label = classes[static_cast<size_t>(detection.class_index)];
    if (settings.spotter.detector.ignore_underscore && !is_keyword(label)) continue;
    candidates.push_back({detection.time_ms, detection.class_index, detection.score});
  }
  return candidates;
}

// The keyword in whose time a detection falls, or none.
const SpokenKeyword* keyword_at(const CandidateStream& stream, int64_t time_ms) {
  for (const SpokenKeyword& keyword : stream.keywords) {
    if (time_ms >= keyword.begin_ms && time_ms <= keyword.end_ms + Detections::kHitMs) {
      return &keyword;
    }
  }
  return nullptr;
}

// Where no recordings are noted, each detection counts as one of another recording.
uint32_t recording_at(const CandidateStream& stream, int64_t time_ms, uint32_t otherwise) {
  constexpr int64_t kDelayMs = 500;  // from a sound to its detection: half the model's window
  const auto next = std::upper_bound(
      stream.heard.begin(), stream.heard.end(), time_ms - kDelayMs,
      [](int64_t time, const HeardRecording& piece) { return time < piece.begin_ms; });
  return next == stream.heard.begin() ? otherwise : std::prev(next)->recording;
}

void count_keywords(const CandidateStream& stream, const std::vector<Candidate>& detected,
                    Detections& result) {
  std::vector<bool> hit(stream.keywords.size(), false);
  for (const Candidate& detection : detected) {
    const SpokenKeyword* const keyword = keyword_at(stream, detection.time_ms);
    if (keyword == nullptr || keyword->label != detection.class_index) {
      ++result.wrong_words;
    } else {
      hit[static_cast<size_t>(keyword - stream.keywords.data())] = true;
    }
  }
  Detections::PerWord& background = result.backgrounds[stream.background];
  for (size_t i = 0; i < hit.size(); ++i) {
    Detections::PerWord& word = result.words[static_cast<size_t>(stream.keywords[i].label)];
    ++word.spoken;
    ++background.spoken;
    word.hits += hit[i] ? 1 : 0;
    background.hits += hit[i] ? 1 : 0;
  }
}

}  // namespace

std::vector<CandidateStream> find_candidates(const std::vector<StreamRecording>& recordings,
                                             const std::vector<std::string>& classes,
                                             const StreamSettings& settings, int threads) {
  std::vector<CandidateStream> streams(recordings.size());
  parallel_for(recordings.size(), threads, [&](size_t i) {
    const StreamRecording& recording = recordings[i];
    streams[i] = {recording.kind,        recording.background,
                  recording.keywords,    recording.heard,
                  recording.duration_ms, candidates_of(recording, classes, settings)};
  });
  return streams;
}

// The averages are known, so the device's detector judges each alone (minimum_count 0): its
// thresholds and its suppression, not a second form of them.
Detections detect(const std::vector<CandidateStream>& streams,
                  const std::vector<std::string>& classes, const StreamSettings& settings,
                  const Thresholds& thresholds) {
  Detections result;
  result.words.resize(classes.size());
  result.sounds.resize(std::size(kSoundKinds));
  result.backgrounds.resize(std::size(kBackgrounds_db));
  Detector::Settings alone = settings.spotter.detector;
  alone.minimum_count = 0;
  alone.detection_thresholds = thresholds.data();
  OwnedDetector detector(alone, classes, 1);
  std::vector<uint8_t> scores(classes.size(), 0);
  std::vector<Candidate> detected;
  std::vector<std::map<uint32_t, size_t>> per_recording(result.sounds.size());
  for (const CandidateStream& stream : streams) {
    detector->reset();
    detected.clear();
    for (const Candidate& candidate : stream.candidates) {
      const auto index = static_cast<size_t>(candidate.class_index);
      // What does not pass changes nothing in the detector.
      if (candidate.score <= thresholds[index]) continue;
      scores[index] = candidate.score;
      Detection detection;
      require(detector->process(candidate.time_ms, scores.data(), &detection));
      scores[index] = 0;
      if (!detection.is_new || candidate.time_ms < ContinuousSound::kLeadInMs) continue;
      detected.push_back(candidate);
    }
    if (stream.kind == SoundKind::kKeywords) {
      count_keywords(stream, detected, result);
      continue;
    }
    Detections::PerSound& sound = result.sounds[static_cast<size_t>(stream.kind)];
    sound.hours += static_cast<double>(stream.duration_ms - ContinuousSound::kLeadInMs) / 3.6e6;
    sound.false_accepts += detected.size();
    for (const Candidate& detection : detected) {
      ++result.words[static_cast<size_t>(detection.class_index)].false_accepts;
      auto& counts = per_recording[static_cast<size_t>(stream.kind)];
      const auto nobody = static_cast<uint32_t>(UINT32_MAX - counts.size());
      ++counts[recording_at(stream, detection.time_ms, nobody)];
    }
  }
  for (size_t kind = 0; kind < per_recording.size(); ++kind) {
    for (const auto& [recording, count] : per_recording[kind]) {
      result.sounds[kind].per_recording.push_back(count);
    }
  }
  return result;
}

size_t Detections::hits() const {
  size_t sum = 0;
  for (const PerWord& word : words) sum += word.hits;
  return sum;
}

size_t Detections::spoken() const {
  size_t sum = 0;
  for (const PerWord& word : words) sum += word.spoken;
  return sum;
}

size_t Detections::false_accepts() const {
  size_t sum = 0;
  for (const PerWord& word : words) sum += word.false_accepts;
  return sum;
}

std::vector<size_t> Detections::false_accepts_per_recording() const {
  std::vector<size_t> counts;
  for (const PerSound& sound : sounds) {
    counts.insert(counts.end(), sound.per_recording.begin(), sound.per_recording.end());
  }
  return counts;
}

double Detections::hours() const {
  double sum = 0.0;
  for (const PerSound& sound : sounds) sum += sound.hours;
  return sum;
}

double Detections::hit_rate() const {
  return spoken() == 0 ? 0.0 : static_cast<double>(hits()) / static_cast<double>(spoken());
}

double Detections::false_accepts_per_hour() const {
  return hours() <= 0.0 ? 0.0 : static_cast<double>(false_accepts()) / hours();
}

}  // namespace stapes::evaluation
