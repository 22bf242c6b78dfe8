#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "cli/commands.h"
#include "toolkit/base/error.h"
#include "toolkit/base/npy.h"
#include "toolkit/dataset/dataset.h"
#include "toolkit/graph/tflite_file.h"
#include "toolkit/quantization/choose.h"
#include "toolkit/quantization/int8_path.h"
#include "toolkit/quantization/quantize_model.h"
#include "toolkit/quantization/report.h"
#include "toolkit/quantization/representative_clips.h"
#include "toolkit/quantization/row_costs.h"
#include "toolkit/specification/trained_with.h"

namespace stapes::cli {
namespace {

// The report needs fewer inputs than calibration: it averages, where calibration looks for
// extremes.
constexpr size_t kReportInputs = 300;
constexpr size_t kCostInputs = 100;  // each operator's cost is a run of the float model over them
constexpr size_t kAccuracyRows = 8;  // of those that cost most, a run over all inputs
constexpr size_t kNamedRows = 3;
constexpr const char* kAutomatic = "auto";

struct Options {
  Path model;
  Path specification;
  std::vector<std::string> set;
  Path data;
  Path representative;
  Path output;
  std::string calibration;
  std::optional<double> percentile;
  std::string layer_norm;
  std::string weights;
  std::string lstm_state;
  std::string lstm_weights;
  std::string rounding;
  std::optional<int32_t> clips;
  bool carry_state = false;
  bool int8_io = false;
  Path report;
  bool no_report = false;
  int threads = 0;
};

QuantizationSettings settings_from(const Options& options, const Specification* specification) {
  QuantizationSettings settings;
  settings.calibration = kAutomatic;  // unless the specification pins them
  settings.layer_norm = kAutomatic;
  if (specification != nullptr) settings = specification->quantization;
  if (!options.calibration.empty()) settings.calibration = options.calibration;
  if (options.percentile) settings.percentile = *options.percentile;
  if (!options.layer_norm.empty()) settings.layer_norm = options.layer_norm;
  if (!options.lstm_state.empty()) settings.lstm_state = options.lstm_state;
  if (!options.lstm_weights.empty()) settings.lstm_weights = options.lstm_weights;
  if (!options.rounding.empty()) settings.rounding = options.rounding;
  if (!options.weights.empty()) settings.weights = options.weights;
  if (options.clips) settings.representative_clips = *options.clips;
  settings.carry_state = settings.carry_state || options.carry_state;
  settings.int8_io = settings.int8_io || options.int8_io;
  return settings;
}

quantization::Inputs from_array(const Path& file, size_t size) {
  const NpyArray array = read_npy(file);
  std::vector<float> values = array.to_float();
  const size_t inputs =
      array.shape.empty() || values.size() == size ? 1 : static_cast<size_t>(array.shape[0]);
  if (inputs == 0 || values.size() != inputs * size) {
    throw Error("cannot use representative inputs", file.string(),
                fmt::format("it holds {} rows of {} values and the model takes {}", inputs,
                            values.size() / std::max<size_t>(1, inputs), size),
                "give an array [inputs, ...] whose rows have the model's input shape");
  }
  return quantization::inputs_from(std::move(values), size);
}

// Clips of the validation split, at most `maximum`.
quantization::RepresentativeClips from_clips(const Specification& specification, const Path& data,
                                             size_t size, size_t maximum, int threads) {
  dataset::LoadOptions load;
  load.threads = threads;
  load.check = dataset::Check::kDecode;
  load.decoded = {dataset::Split::kValidation};
  const dataset::Dataset clips =
      dataset::load_dataset(specification, data_root(specification, data), load);
  if (!clips.skipped.empty()) {
    fmt::print(stderr, "warning: {}", dataset::skipped_text(clips.skipped));
  }
  return quantization::representative_clips(specification, clips, size, maximum,
                                            specification.quantization.representative_noise_db,
                                            threads);
}

quantization::Choices choices_of(const QuantizationSettings& settings) {
  quantization::Choices choices;
  if (settings.layer_norm != kAutomatic) {
    choices.layer_norms = {quantization::layer_norm_form_of(settings.layer_norm)};
  }
  if (settings.calibration != kAutomatic) {
    choices.calibrations = {quantization::calibration_of(settings.calibration)};
  }
  if (settings.rounding == kAutomatic) {
    choices.roundings = {quantization::Rounding::kNearest, quantization::Rounding::kJoint};
  } else {
    choices.roundings = {quantization::rounding_of(settings.rounding)};
  }
  return choices;
}

void take(const quantization::Candidate& chosen, QuantizationSettings& settings) {
  settings.layer_norm = quantization::name_of(chosen.layer_norm);
  settings.calibration = quantization::name_of(chosen.calibration);
  settings.rounding = quantization::name_of(chosen.rounding);
}

// Settles what is "auto" in the settings: by measuring, and says what was chosen and why, unless
// only one way is left.
void decide(const graph::Graph& model, quantization::Inputs inputs,
            const quantization::ModelSettings& base, const quantization::Choices& choices,
            QuantizationSettings& settings) {
  if (choices.count() == 1) {
    take({choices.layer_norms[0], choices.calibrations[0], choices.roundings[0], {}}, settings);
    return;
  }
  inputs.count = std::min(inputs.count, quantization::kChoiceInputs);
  const std::vector<quantization::Candidate> candidates =
      quantization::try_all(model, inputs, base, choices);
  const size_t chosen = quantization::best(candidates);
  take(candidates[chosen], settings);
  fmt::print("{}\n",
             quantization::choice_text(candidates, chosen, quantization::has_layer_norms(model)));
}

// "1000 inputs (500 clips, clean and with noise at 10 dB)"
std::string inputs_text(const quantization::Inputs& inputs, std::span<const int32_t> noise_db) {
  if (inputs.together == 1) return fmt::format("{} inputs", inputs.count);
  return fmt::format("{} inputs ({} clips, clean and with noise at {} dB)", inputs.count,
                     inputs.count / inputs.together, fmt::join(noise_db, " and "));
}

void print_summary(const Options& options, const QuantizationSettings& settings,
                   const quantization::QuantizedModel& result, const quantization::Inputs& inputs,
                   const quantization::Agreement& agreement) {
  const auto size = [](const Path& path) { return std::filesystem::file_size(path); };
  fmt::print("Float model   {}, {} bytes\n", options.model.string(), size(options.model));
  fmt::print("int8 model    {}, {} bytes\n", options.output.string(), size(options.output));
  fmt::print("Calibration   {} over {}, LSTM state {}\n",
             settings.calibration == "percentile"
                 ? fmt::format("percentile {}", settings.percentile)
                 : settings.calibration,
             inputs_text(inputs, settings.representative_noise_db),
             settings.carry_state ? "carried from input to input" : "reset before each");
  fmt::print("Rounding      {}\n", settings.rounding == "joint"
                                       ? "joint: the weights of a row together"
                                       : "nearest: each weight by itself");
  if (result.layer_norms > 0) {
    fmt::print("Layer norms   {}, form: {}\n", result.layer_norms, settings.layer_norm);
  }
  if (std::any_of(
          result.quantized.graph.operators.begin(), result.quantized.graph.operators.end(),
          [](const graph::Operator& op) { return op.code == OperatorCode::kExtendedLstm; })) {
    fmt::print("LSTM          state {}, scales per {}: operator {}, which only Stapes runs\n",
               settings.lstm_state, settings.lstm_weights, kExtendedLstmName);
  }
  fmt::print(
      "Agreement     int8 decides as float on {} of {} inputs ({:.2f} %); scores differ by "
      "{:.4f} rms, {:.4f} at most\n",
      agreement.same_decision, agreement.inputs, 100.0 * agreement.fraction(),
      agreement.rms_difference, agreement.largest_difference);
  if (agreement.outcomes) {
    fmt::print("Accuracy      int8 makes {} right decisions wrong and {} wrong ones right\n",
               agreement.outcomes->lost, agreement.outcomes->won);
  }
}

void run(Options options) {
  if (options.specification.empty() && options.representative.empty()) {
    take_noted_training(options.model, options.specification, options.set, options.data);
  }
  std::optional<Specification> specification;
  if (!options.specification.empty()) {
    specification = read_specification(options.specification, options.set);
  } else if (!options.set.empty()) {
    throw UsageError("--set changes a specification; give --spec SPEC.toml");
  }
  if (!specification && options.representative.empty()) {
    throw UsageError(
        "quantize needs inputs to calibrate with; give --spec SPEC.toml, whose data "
        "they come from (a model that lies where `stapes train` left it needs none), or "
        "--representative INPUTS.npy");
  }
  if (options.output.empty()) options.output = quantization::int8_path(options.model);
  if (std::filesystem::exists(options.output) &&
      std::filesystem::equivalent(options.output, options.model)) {
    throw UsageError("--output names the float model itself; give another name");
  }
  const graph::Graph model = graph::read_tflite(options.model);
  QuantizationSettings settings = settings_from(options, specification ? &*specification : nullptr);
  const size_t size = quantization::input_size(model);
  const quantization::Choices choices = quantization::possible(choices_of(settings), model);
  const auto wanted = static_cast<size_t>(settings.representative_clips);
  const size_t most = choices.count() == 1 ? wanted : std::max(wanted, quantization::kChoiceInputs);
  const quantization::RepresentativeClips available =
      options.representative.empty()
          ? from_clips(*specification, options.data, size, most, options.threads)
          : quantization::RepresentativeClips{from_array(options.representative, size), {}};

  quantization::ModelSettings model_settings;
  model_settings.calibration.percentile = settings.percentile;
  model_settings.calibration.carry_state = settings.carry_state;
  model_settings.calibration.threads = options.threads;
  model_settings.int8_io = settings.int8_io;
  model_settings.weight_scales = quantization::weight_scales_of(settings.weights);
  model_settings.lstm = quantization::lstm_numbers_of(settings.lstm_state, settings.lstm_weights);
  decide(model, available.inputs, model_settings, choices, settings);
  model_settings.layer_norm = quantization::layer_norm_form_of(settings.layer_norm);
  model_settings.calibration.calibration = quantization::calibration_of(settings.calibration);
  model_settings.rounding = quantization::rounding_of(settings.rounding);

  quantization::Inputs inputs = available.inputs;  // of a person's array all calibrate
  if (options.representative.empty()) {
    inputs.count = std::min(inputs.count, wanted * inputs.together);
  }
  const quantization::QuantizedModel result =
      quantization::quantize_model(model, inputs, model_settings);
  const auto outputs = [&](const graph::Graph& graph) {
    return quantization::outputs_of(graph, inputs, settings.carry_state, options.threads);
  };
  const std::vector<std::vector<float>> expected = outputs(model);
  const std::vector<std::vector<float>> given = outputs(result.quantized.graph);
  const quantization::Agreement agreement =
      quantization::compare(expected, given, available.classes);
  std::vector<quantization::ReportRow> rows;
  std::string named;
  if (!options.no_report) {
    quantization::Inputs some = inputs;
    some.count = std::min(some.count, kReportInputs);
    const quantization::ReportSettings how{settings.carry_state, options.threads};
    rows = quantization::measure_report(result.float_graph, result.quantized, some, how);
    some.count = std::min(some.count, kCostInputs);
    const auto first = [&](std::vector<std::vector<float>> all) {
      all.resize(some.count);
      return all;
    };
    const std::vector<quantization::RowCost> costs =
        quantization::row_costs(result, rows, first(expected), available.classes, some, how);
    const std::vector<quantization::RowCost> accuracy =
        quantization::row_costs(result, quantization::costliest_rows(costs, kAccuracyRows),
                                expected, available.classes, inputs, how);
    named = fmt::format(
        "Costliest     of the operators, each alone in int8 (all together: {:.4f} rms on {} "
        "inputs):\n{}"
        "Cost accuracy of the {} that move the scores most, each alone on {} inputs:\n{}"
        "Worst rows    rmse/scale, where rounding alone is 0.29:\n{}",
        quantization::compare(first(expected), first(given)).rms_difference, some.count,
        quantization::costliest_rows_text(costs, kNamedRows, "  "), accuracy.size(), inputs.count,
        quantization::accuracy_text(accuracy, kNamedRows, "  "),
        quantization::worst_rows_text(costs, kNamedRows, "  "));
  }
  graph::write_tflite(options.output, result.quantized.graph);
  if (!options.no_report) {
    if (options.report.empty()) {
      options.report = options.output.parent_path() / "quantization_report.csv";
    }
    quantization::write_report(options.report, rows);
    fmt::print("{}\n", quantization::format_report(rows));
  }
  print_summary(options, settings, result, inputs, agreement);
  if (!options.no_report) {
    fmt::print("{}", named);
    fmt::print("Report        {}\n", options.report.string());
  }
}

}  // namespace

void add_quantize(Command& app) {
  auto options = std::make_shared<Options>();
  Command command =
      app.add_command("quantize", "Make an int8 .tflite from a float one, and say what it costs");
  command.add_option("MODEL", options->model, "Float model: .tflite (ours, Keras' …) or .mltk.zip")
      .required();
  command.add_option("--spec", options->specification,
                     "Specification that the model was trained with: its data's validation clips "
                     "calibrate, and its [quantization] settings apply; default: the one that "
                     "`stapes train` noted beside the model");
  command.add_set_option(options->set, "quantization.layer_norm=l2");
  command.add_option("--data", options->data, "Folder where the specification's data lies");
  command.add_option(
      "--representative", options->representative,
      "Inputs to calibrate with and to choose on instead: a .npy array [inputs, ...] "
      "of float32");
  command.add_option("-o,--output", options->output,
                     "int8 model; default: the model's name with _int8 for _float");
  command.add_option("--calibration", options->calibration,
                     "How ranges are chosen: minmax, mse, percentile, or auto: the better of the "
                     "first two, by measuring");
  command.add_option("--percentile", options->percentile, "For --calibration percentile");
  command.add_option("--layer-norm", options->layer_norm,
                     "Form of layer normalizations: decomposed, l2, float, or auto: by measuring");
  command.add_option("--weights", options->weights,
                     "Scales of the weights: standard (a scale per channel for convolutions, per "
                     "tensor for dense layers), tensor (one everywhere), row (one per channel or "
                     "row everywhere but in LSTMs)");
  command.add_option("--lstm-state", options->lstm_state,
                     "The LSTM's hidden state as it is fed back: int8, or int16, which only Stapes "
                     "runs (operator STAPES_LSTM)");
  command.add_option("--lstm-weights", options->lstm_weights,
                     "Scales of the LSTM's weights: tensor, or row, which only Stapes runs "
                     "(operator STAPES_LSTM)");
  command.add_option("--rounding", options->rounding,
                     "How weights are rounded: nearest (each by itself), joint (a row together, so "
                     "that errors cancel on the inputs), or auto: the better one, by measuring");
  command
      .add_option("--clips", options->clips,
                  "At most so many clips calibrate; up to 900 inputs choose what is auto")
      .positive();
  command.add_flag("--carry-state", options->carry_state,
                   "Carry the LSTM's state from input to input, as the reference toolkit does, "
                   "instead of resetting it");
  command.add_flag("--int8-io", options->int8_io, "int8 model input and output");
  command.add_option("--report", options->report,
                     "CSV with the error of each operator; default: quantization_report.csv beside "
                     "the int8 model");
  command.add_flag("--no-report", options->no_report, "Do not measure each operator");
  command.add_option("--threads", options->threads, "0: as many as the machine has cores")
      .not_negative();
  command.callback([options] { run(*options); });
}

}  // namespace stapes::cli
