#include <fmt/format.h>

#include <memory>
#include <optional>

#include "cli/commands.h"
#include "device/frontend/settings.h"
#include "toolkit/base/error.h"
#include "toolkit/base/npy.h"
#include "toolkit/graph/archive.h"
#include "toolkit/graph/executor.h"
#include "toolkit/graph/parameters.h"
#include "toolkit/graph/stream_executor.h"
#include "toolkit/graph/tflite_file.h"
#include "toolkit/profiling/board.h"
#include "toolkit/profiling/budget.h"
#include "toolkit/profiling/host.h"
#include "toolkit/profiling/report.h"
#include "toolkit/profiling/stream_profile.h"
#include "toolkit/profiling/units.h"

namespace stapes::cli {
namespace {

struct Options {
  Path model;
  std::string target = "cortex-m4";
  std::string clock = "78MHz";
  std::optional<double> cycles_per_instruction;
  int64_t repetitions = 30;
  Path input;
  bool streaming = false;
  bool json = false;
  Path csv;
  std::string budget;
  Path output;
};

// The .tflite as it is flashed, byte for byte.
Bytes model_bytes(const Path& path) {
  Bytes bytes = read_file(path);
  return graph::is_zip(bytes) ? graph::find_model(bytes, path.string()).bytes : bytes;
}

Bytes input_bytes(const Path& path, const graph::Graph& model) {
  if (path.empty()) return {};
  const NpyArray array = read_npy(path);
  const graph::Tensor& tensor = model.tensors[static_cast<size_t>(model.inputs.at(0))];
  Bytes bytes = array.type[0] == 'f' && tensor.type != TensorType::kFloat32
                    ? graph::quantize(tensor, array.to_float())
                    : array.data;
  const size_t wanted = static_cast<size_t>(tensor.elements()) * graph::size_of(tensor.type);
  if (bytes.size() != wanted) {
    throw Error("cannot profile", path.string(),
                fmt::format("it has {} bytes, the model's input {} {} needs {}", bytes.size(),
                            graph::shape_text(tensor.shape), graph::name_of(tensor.type), wanted));
  }
  return bytes;
}

profiling::Profile measure(const Options& options, const Bytes& bytes, const graph::Graph& model) {
  const std::string name = options.model.filename().string();
  if (options.target == "host") {
    return profiling::profile_on_host(model, static_cast<int64_t>(bytes.size()), name,
                                      options.repetitions);
  }
  const double clock_hz = profiling::parse_hertz(options.clock, "--clock");
  const graph::Executor runs_at_all(model);  // or says why not, better than a board can
  profiling::Profile profile =
      profiling::profile_on_board(*profiling::find_board(options.target), bytes, model, name,
                                  input_bytes(options.input, model));
  profile.clock_hz = clock_hz;
  if (options.cycles_per_instruction) {
    profile.cycles_per_instruction = *options.cycles_per_instruction;
  }
  return profile;
}

// What the model's metadata says, else the front end's default.
double frame_ms(const graph::Graph& model) {
  return static_cast<double>(graph::read_parameters(model).integer(
      "fe.window_step_ms", FrontEndSettings().window_step_ms));
}

void run_streaming(const Options& options) {
  if (options.target == "host" || !options.input.empty() || !options.csv.empty() ||
      !options.budget.empty()) {
    throw UsageError(
        "--streaming goes with a board as --target, and not with --input, --csv or "
        "--budget");
  }
  const double clock_hz = profiling::parse_hertz(options.clock, "--clock");
  const Bytes bytes = model_bytes(options.model);
  const graph::Graph model = graph::parse_tflite(bytes, options.model.string());
  const graph::StreamExecutor runs_at_all(model);  // or says why not, better than a board can
  profiling::StreamProfile profile =
      profiling::profile_stream_on_board(*profiling::find_board(options.target), bytes, model,
                                         options.model.filename().string(), frame_ms(model));
  profile.window.clock_hz = clock_hz;
  if (options.cycles_per_instruction) {
    profile.window.cycles_per_instruction = *options.cycles_per_instruction;
  }
  const std::string text = profiling::stream_profile_text(profile, model);
  const std::string json = profiling::stream_profile_json(profile, model);
  fmt::print("{}", options.json ? json : text);
  if (options.output.empty()) return;
  write_text_file(options.output / "stream_profile.txt", text);
  write_text_file(options.output / "stream_profile.json", json);
}

void run(const Options& options) {
  if (options.streaming) return run_streaming(options);
  std::optional<profiling::Budget> budget;
  if (!options.budget.empty()) budget = profiling::parse_budget(options.budget);
  const Bytes bytes = model_bytes(options.model);
  const graph::Graph model = graph::parse_tflite(bytes, options.model.string());
  const profiling::Profile profile = measure(options, bytes, model);

  const std::string text = profiling::profile_text(profile, model);
  const std::string json = profiling::profile_json(profile, model);
  const std::string csv = profiling::profile_csv(profile, model);
  fmt::print("{}", options.json ? json : text);
  if (!options.csv.empty()) write_text_file(options.csv, csv);
  if (!options.output.empty()) {
    write_text_file(options.output / "profile.txt", text);
    write_text_file(options.output / "profile.json", json);
    write_text_file(options.output / "profile.csv", csv);
  }
  if (!budget) return;
  const std::vector<std::string> faults = profiling::exceeded(*budget, profile, model);
  for (const std::string& fault : faults) fmt::print(stderr, "over budget: {}\n", fault);
  if (faults.empty()) return;
  throw Error("budget exceeded", options.model.string(),
              fmt::format("{} of its limits", faults.size()));
}

}  // namespace

void add_profile(Command& app) {
  auto options = std::make_shared<Options>();
  std::vector<std::string> targets = profiling::board_targets();
  targets.emplace_back("host");
  Command command = app.add_command(
      "profile", "What an inference costs on a processor: flash, RAM, instructions, time");
  command.add_option("model", options->model, "A .tflite file or an .mltk.zip archive").required();
  command
      .add_option("--target", options->target,
                  fmt::format("{}: instructions, counted in QEMU; host: the time on this computer",
                              fmt::join(profiling::board_targets(), ", ")))
      .one_of(targets)
      .show_default();
  command.add_option("--clock", options->clock, "The board's clock, for the estimate of time")
      .show_default();
  command
      .add_option("--cycles-per-instruction", options->cycles_per_instruction,
                  "Measured on your board, for a better estimate (docs/profiling.md)")
      .range(0.1, 100.0);
  command
      .add_option("--input", options->input,
                  "The model's first input, for boards; otherwise it is all zeros")
      .type_name("X.npy");
  command.add_option("--repetitions", options->repetitions, "Of the measurement on the host")
      .range(1, 100000)
      .show_default();
  command.add_flag("--streaming", options->streaming,
                   "What each 10 ms of sound cost when the model is run frame by frame, as "
                   "stapes stream does it, beside the inference on a whole window");
  command.add_flag("--json", options->json, "Print JSON");
  command.add_option("--csv", options->csv, "Write a row per operator to this file");
  command
      .add_option("--budget", options->budget,
                  "Exit with 1 when the model needs more, e.g. flash=256k,ram=64k,ms=50; naming "
                  "one is enough")
      .type_name("LIMITS");
  command.add_option("-o,--output", options->output,
                     "Write profile.txt, profile.json and profile.csv into this folder");
  command.callback([options] { run(*options); });
}

}  // namespace stapes::cli
