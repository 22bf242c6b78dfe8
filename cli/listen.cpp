#include "cli/listen.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/sound_input.h"
#include "toolkit/audio/clip.h"
#include "toolkit/audio/read.h"
#include "toolkit/base/error.h"
#include "toolkit/base/interrupt.h"
#include "toolkit/evaluation/stream_spotter.h"
#include "toolkit/reporting/spectrogram_image.h"

namespace stapes::cli {
namespace {

evaluation::StreamSettings settings_from(const evaluation::TestModel& model,
                                         const ListenOptions& options) {
  evaluation::StreamSettings settings = evaluation::stream_settings(model);
  Spotter::Settings& spotter = settings.spotter;
  Detector::Settings& detector = spotter.detector;
  if (options.window_ms) detector.average_window_duration_ms = *options.window_ms;
  if (options.count) detector.minimum_count = *options.count;
  if (options.threshold) {
    detector.detection_threshold = static_cast<uint8_t>(*options.threshold);
    settings.detection_thresholds.clear();  // a threshold that is asked for holds for all
  }
  if (options.suppression_ms) detector.suppression_ms = *options.suppression_ms;
  if (options.latency_ms) spotter.latency_ms = *options.latency_ms;
  if (options.volume) spotter.volume_gain = *options.volume;
  spotter.keep_state = options.carry_state;
  detector.faults.first_class_suppressed_at_start = options.reference_faults;
  detector.faults.full_queue_drops_newest = options.reference_faults;
  settings.verbose = settings.verbose || options.verbose;
  settings.frame_by_frame = options.frame_by_frame;
  return settings;
}

void print_settings(const evaluation::TestModel& model,
                    const evaluation::StreamSettings& settings) {
  const Spotter::Settings& s = settings.spotter;
  fmt::print(stderr, "Model: {}\nClasses: {}\n", model.name, fmt::join(model.classes, ", "));
  fmt::print(stderr,
             "average_window_duration_ms={}\ndetection_threshold={}\nsuppression_ms={}\n"
             "minimum_count={}\nlatency_ms={}\nvolume_gain={}\n",
             s.detector.average_window_duration_ms,
             settings.detection_thresholds.empty()
                 ? std::to_string(s.detector.detection_threshold)
                 : fmt::format("{}", fmt::join(settings.detection_thresholds, ",")),
             s.detector.suppression_ms, s.detector.minimum_count, s.latency_ms, s.volume_gain);
}

// Prints what is heard and keeps what is to be dumped.
class Listener {
 public:
  Listener(const evaluation::TestModel& model, const ListenOptions& options)
      : model_(model),
        settings_(settings_from(model, options)),
        options_(options),
        spotter_(model, settings_) {
    if (settings_.verbose && !options.json) print_settings(model, settings_);
    audio_.sample_rate_hz = settings_.spotter.front_end.sample_rate_hz;
  }

  // A new stream of sound: silence before it, time 0.
  void begin(const std::string& name) {
    name_ = name;
    last_ms_ = 0;
    spotter_.reset();
  }

  void hear(const std::vector<int16_t>& samples) {
    if (!options_.dump_audio.empty()) {
      for (const int16_t sample : samples) {
        audio_.samples.push_back(static_cast<float>(sample) / 32768.0F);
      }
    }
    spotter_.push(samples, [this](const Spotter::Inference& inference) { show(inference); });
    std::fflush(stdout);
  }

  void end() const {
    if (options_.dump_audio.empty() || audio_.samples.empty()) return;
    audio::write_audio(options_.dump_audio, audio_);
  }

  int sample_rate_hz() const { return audio_.sample_rate_hz; }

 private:
  void show(const Spotter::Inference& inference) {
    if (!options_.dump_spectrograms.empty()) dump_spectrogram(inference.time_ms);
    if (options_.json) {
      if (settings_.verbose || inference.detection.is_new) print_json(inference);
      return;
    }
    if (settings_.verbose) {
      fmt::print("[{:6}] ({:3})", inference.time_ms, inference.time_ms - last_ms_);
      for (size_t i = 0; i < model_.classes.size(); ++i) fmt::print(" {:3}", inference.scores[i]);
      fmt::print("\n");
    }
    last_ms_ = inference.time_ms;
    const Detection& detection = inference.detection;
    if (!detection.is_new) return;
    fmt::print("Detected class={} label={} score={} @{}ms\n", detection.class_index,
               model_.classes[static_cast<size_t>(detection.class_index)], detection.score,
               detection.time_ms);
  }

  void print_json(const Spotter::Inference& inference) const {
    nlohmann::ordered_json line;
    if (!name_.empty()) line["file"] = name_;
    line["time_ms"] = inference.time_ms;
    if (settings_.verbose) {
      line["scores"] = std::vector<int>(inference.scores, inference.scores + model_.classes.size());
    }
    if (inference.detection.is_new) {
      line["class"] = inference.detection.class_index;
      line["label"] = model_.classes[static_cast<size_t>(inference.detection.class_index)];
      line["score"] = inference.detection.score;
    }
    fmt::print("{}\n", line.dump());
  }

  void dump_spectrogram(int64_t time_ms) const {
    const FrontEndSettings& fe = settings_.spotter.front_end;
    const auto channels = static_cast<size_t>(fe.filterbank_n_channels);
    const uint16_t* values = spotter_.spotter().spectrogram();
    const size_t count = static_cast<size_t>(spotter_.spotter().spectrogram_frames()) * channels;
    const std::string prefix = name_.empty() ? "" : Path(name_).stem().string() + "-";
    reporting::write_spectrogram_image(
        options_.dump_spectrograms / fmt::format("{}{:06}ms.png", prefix, time_ms),
        std::vector<float>(values, values + count), channels);
  }

  const evaluation::TestModel& model_;
  evaluation::StreamSettings settings_;
  const ListenOptions& options_;
  evaluation::StreamSpotter spotter_;
  audio::Clip audio_;  // what was heard, for --dump-audio
  std::string name_;
  int64_t last_ms_ = 0;
};

// Everything comes through here, whether it is a file, a pipe or a microphone.
void hear_all(SoundInput& input, Listener& listener) {
  std::vector<int16_t> samples;
  while (!interrupted() && input.read(samples)) listener.hear(samples);
}

}  // namespace

void listen(const ListenOptions& options) {
  const int sources = (options.wav.empty() ? 0 : 1) + (options.standard_input ? 1 : 0) +
                      (options.microphone ? 1 : 0);
  if (sources != 1) throw UsageError("say what to listen to: --wav FILE, --stdin or --microphone");
  std::optional<Specification> specification;
  if (!options.specification.empty()) {
    specification = read_specification(options.specification, options.set);
  } else if (!options.set.empty()) {
    throw UsageError("--set changes a specification, and --spec names none");
  }
  const evaluation::TestModel model =
      evaluation::read_test_model(options.model, specification ? &*specification : nullptr);
  Listener listener(model, options);
  const int rate = listener.sample_rate_hz();

  const std::vector<int16_t> tail(
      static_cast<size_t>(options.tail_ms) * static_cast<size_t>(rate) / 1000, 0);
  if (options.wav.empty()) {  // Ctrl-C is the ordinary end
    const auto input = options.microphone ? open_microphone(rate, options.device)
                                          : open_standard_input(
                                                options.rate_hz > 0 ? options.rate_hz : rate, rate);
    if (options.microphone) {
      fmt::print(stderr, "Using microphone: {} (Ctrl-C ends)\n", input->name());
    }
    listener.begin("");
    hear_all(*input, listener);
    if (!interrupted()) listener.hear(tail);
    listener.end();
    return;
  }
  for (const Path& file : options.wav) {
    const auto input = open_file(file, rate);
    if (options.wav.size() > 1 && !options.json) fmt::print("{}:\n", file.string());
    listener.begin(file.string());
    hear_all(*input, listener);
    if (interrupted()) break;
    listener.hear(tail);
  }
  listener.end();
  if (interrupted()) throw Interrupted();
}

void add_listen_options(Command& command, ListenOptions& options) {
  command.add_option("MODEL", options.model, "Model: .tflite or .mltk.zip").required();
  command.add_option("--spec", options.specification,
                     "Specification, for what the model's metadata does not say");
  command.add_set_option(options.set, "frontend.window_size_ms=30");

  command.add_option("--wav", options.wav, "Recordings: WAV, FLAC, OGG, ... at any rate");
  command.add_flag("--stdin", options.standard_input,
                   "Raw mono 16-bit little-endian samples from the standard input");
  command.add_option("--rate", options.rate_hz, "Their rate in Hz; default: the model's")
      .range(1000, 384000);
  command.add_flag("--microphone", options.microphone, "This computer's microphone");
  command.add_option("-m,--device", options.device, "A part of the microphone's name");

  constexpr int kHour = 3600 * 1000;
  command
      .add_option("-w,--window", options.window_ms,
                  "Scores are averaged over this many milliseconds")
      .range(0, kHour);
  command
      .add_option("-c,--count", options.count,
                  "Fewer results than this in the window are not judged; 0: no averaging")
      .range(0, 1000);
  command
      .add_option("-t,--threshold", options.threshold,
                  "A detection needs an average score above this, 0 to 255")
      .range(0, 255);
  command
      .add_option("-s,--suppression", options.suppression_ms,
                  "A word is not reported again within this many milliseconds")
      .range(0, kHour);
  command
      .add_option("-u,--volume", options.volume,
                  "Samples are multiplied by this, with saturation, if it is above 1")
      .range(0.0F, 1000.0F);

  command
      .add_option("--tail", options.tail_ms,
                  "Milliseconds of silence heard after the end of a recording")
      .show_default()
      .range(0, 60000);
  command.add_flag("-v,--verbose", options.verbose, "Print all scores of every inference");
  command.add_flag("--json", options.json, "Print a JSON object a line");
  command.add_option("-x,--dump-audio", options.dump_audio,
                     "Write what the front end got (.wav or .flac)");
}

}  // namespace stapes::cli
