#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <memory>

#include "cli/commands.h"
#include "device/frontend/model_input.h"
#include "toolkit/audio/read.h"
#include "toolkit/augmentation/features.h"
#include "toolkit/base/error.h"
#include "toolkit/base/npy.h"
#include "toolkit/reporting/spectrogram_image.h"
#include "toolkit/specification/front_end_parameters.h"

namespace stapes::cli {
namespace {

struct Options {
  Path file;
  std::vector<std::string> set;
  Path settings;
  Path specification;
  Path output;
  bool normalize = false;
  bool int8 = false;
};

// Later sources override earlier ones: defaults, --spec, --settings, --set.
FeatureSettings settings_from(const Options& options) {
  FeatureSettings settings;
  if (!options.specification.empty()) {
    settings = read_specification(options.specification).features;
  }
  if (!options.settings.empty()) {
    read_front_end_parameters(settings.front_end, options.settings);
  }
  for (const std::string& assignment : options.set) {
    const size_t equals = assignment.find('=');
    if (equals == std::string::npos) {
      throw UsageError(fmt::format(
          "--set {} has no value; write it like --set fe.window_size_ms=30", assignment));
    }
    set_front_end_parameter(settings.front_end, assignment.substr(0, equals),
                            assignment.substr(equals + 1), "--set");
  }
  return settings;
}

// One line for each frame.
template <typename Value>
std::string as_csv(const std::vector<Value>& values, size_t channels) {
  fmt::memory_buffer text;
  for (size_t i = 0; i < values.size(); ++i) {
    fmt::format_to(std::back_inserter(text), "{}{}", values[i],
                   (i + 1) % channels == 0 ? '\n' : ',');
  }
  return fmt::to_string(text);
}

void check_output(const Path& path) {
  const std::string extension = path.extension().string();
  if (!path.empty() && extension != ".csv" && extension != ".npy" && extension != ".png") {
    throw UsageError(fmt::format("--output {} is of no known kind; end it with .csv, .npy or .png",
                                 path.string()));
  }
}

template <typename Value>
void write_values(const Path& path, const std::vector<Value>& values, size_t channels,
                  const char* numpy_type) {
  if (path.empty()) {
    fmt::print("{}", as_csv(values, channels));
    return;
  }
  const std::string extension = path.extension().string();  // checked by check_output
  if (extension == ".csv") {
    write_text_file(path, as_csv(values, channels));
  } else if (extension == ".npy") {
    NpyArray array;
    array.type = numpy_type;
    array.shape = {static_cast<int64_t>(values.size() / channels), static_cast<int64_t>(channels)};
    array.data.resize(values.size() * sizeof(Value));
    std::memcpy(array.data.data(), values.data(), array.data.size());
    write_npy(path, array);
  } else if (extension == ".png") {
    const std::vector<float> levels(values.begin(), values.end());
    reporting::write_spectrogram_image(path, levels, channels);
  }
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  fmt::print("{}: {} frames of {} channels, {} to {}\n", path.string(), values.size() / channels,
             channels, *least, *greatest);
}

void run(const Options& options) {
  check_output(options.output);
  const FeatureSettings settings = settings_from(options);
  FeatureExtractor extractor(settings);
  const auto sound = audio::read_audio(options.file, {settings.front_end.sample_rate_hz});
  if (!sound.conversion.empty()) {
    fmt::print(stderr, "note: {} was {}\n", options.file.string(), sound.conversion);
  }
  const auto rows = extractor.spectrogram(audio::to_pcm16(sound.clip.samples));
  if (rows.empty()) {
    throw Error("cannot make a spectrogram", options.file.string(),
                fmt::format("{} samples are fewer than one window of {}", sound.clip.samples.size(),
                            settings.front_end.window_samples()),
                "give a longer recording or a shorter fe.window_size_ms");
  }
  if (settings.front_end.activity_detection_enable) {
    fmt::print(stderr, "activity detected: {}\n", extractor.activity_was_detected() ? "yes" : "no");
  }
  const auto channels = static_cast<size_t>(extractor.channels());
  if (options.normalize) {
    std::vector<float> normalized(rows.size());
    extractor.normalize(rows, normalized);
    write_values(options.output, normalized, channels, "f4");
  } else if (options.int8) {
    std::vector<int8_t> quantized(rows.size());
    quantize_spectrogram(settings.front_end, rows.data(), static_cast<int32_t>(rows.size()),
                         quantized.data());
    write_values(options.output, quantized, channels, "i1");
  } else {
    write_values(options.output, rows, channels, "u2");
  }
}

}  // namespace

void add_features(Command& app) {
  auto options = std::make_shared<Options>();
  Command command =
      app.add_command("features", "Compute the spectrogram that a model would see of a recording");
  command.add_option("file", options->file, "Recording: WAV, FLAC, OGG, ...").required();
  command
      .add_option("--set", options->set,
                  "A setting of the front end, e.g. fe.noise_reduction_enable=true (repeatable)")
      .type_name("KEY=VALUE")
      .one_at_a_time();
  command.add_option("--settings", options->settings, "Text file with one \"fe.key value\" a line");
  command.add_option("--spec", options->specification,
                     "Model specification whose [frontend] to use");
  command.add_option("-o,--output", options->output,
                     "Where to write: .csv (a line for each frame), .npy or .png (a picture); "
                     "without it, CSV is printed");
  const Argument normalize = command.add_flag(
      "--normalize", options->normalize,
      "Normalize the whole file as a model's input is, by default to mean 0 and deviation 1");
  command.add_flag("--int8", options->int8, "Quantize to 8 bits as the settings say")
      .excludes(normalize);
  command.callback([options] { run(*options); });
}

}  // namespace stapes::cli
