#include "toolkit/finetuning/finetune_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>

#include "toolkit/augmentation/sources.h"
#include "toolkit/base/error.h"
#include "toolkit/dataset/dataset.h"
#include "toolkit/finetuning/student.h"
#include "toolkit/finetuning/tuner.h"
#include "toolkit/graph/tflite_file.h"
#include "toolkit/quantization/choose.h"
#include "toolkit/quantization/float_weights.h"
#include "toolkit/quantization/int8_path.h"
#include "toolkit/quantization/layer_norm.h"
#include "toolkit/quantization/operator_rules.h"
#include "toolkit/quantization/report.h"
#include "toolkit/quantization/representative_clips.h"

namespace stapes::finetuning {
namespace {

constexpr size_t kReportInputs = 300;
constexpr int32_t kNoiseDb = 10;  // of the noisy copies, where the specification names none
constexpr const char* kAutomatic = "auto";

std::string quoted(const std::string& word) {
  const bool plain = word.find_first_of(" \t\"'$\\*?[]()&|;<>") == std::string::npos;
  return plain && !word.empty() ? word : "'" + word + "'";
}

std::string resume_command(const FinetuneCommand& command) {
  std::string text = "stapes finetune " + quoted(command.model.string()) + " --spec " +
                     quoted(command.specification.string());
  if (!command.data.empty()) text += " --data " + quoted(command.data.string());
  if (!command.output.empty()) text += " --output " + quoted(command.output.string());
  if (!command.report.empty()) text += " --report " + quoted(command.report.string());
  for (const std::string& override : command.overrides) text += " --set " + quoted(override);
  if (command.epochs > 0) text += fmt::format(" --epochs {}", command.epochs);
  if (command.threads > 0) text += fmt::format(" --threads {}", command.threads);
  return text + " --resume";
}

// All that the result depends on, except the recordings: another number makes another model.
std::string fingerprint_of(const Specification& specification, const FinetuningSettings& f,
                           const Path& model) {
  const Bytes bytes = read_file(model);
  const QuantizationSettings& q = specification.quantization;
  return fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}", fingerprint(specification),
                     sha256(bytes), f.epochs, f.clips, f.learning_rate, f.range_learning_rate,
                     f.label_weight, f.representative_clips, f.best_by, q.calibration, q.percentile,
                     q.layer_norm, q.lstm_state, q.lstm_weights, q.weights,
                     fmt::join(q.representative_noise_db, " "));
}

// What calibrates and what epochs are compared on is clean and noisy, since a model meets both.
std::vector<int32_t> noise_of_copies(const Specification& specification) {
  const std::vector<int32_t>& wanted = specification.quantization.representative_noise_db;
  if (!wanted.empty()) return wanted;
  if (specification.data.noise.ambient.empty()) return {};
  return {kNoiseDb};
}

// Form of the layer norms and calibration as the specification has them, "auto" by measuring.
quantization::ModelSettings quantization_settings(const graph::Graph& model,
                                                  const Specification& specification,
                                                  quantization::Inputs inputs, int threads) {
  const QuantizationSettings& wanted = specification.quantization;
  quantization::ModelSettings settings;
  settings.calibration.percentile = wanted.percentile;
  settings.calibration.threads = threads;
  settings.lstm = quantization::lstm_numbers_of(wanted.lstm_state, wanted.lstm_weights);
  settings.weight_scales = quantization::weight_scales_of(wanted.weights);
  settings.int8_io = wanted.int8_io;
  quantization::Choices choices;
  // Weights move in every step and are rounded anew then, each by itself.
  choices.roundings = {quantization::Rounding::kNearest};
  if (wanted.layer_norm != kAutomatic) {
    choices.layer_norms = {quantization::layer_norm_form_of(wanted.layer_norm)};
  }
  if (wanted.calibration != kAutomatic) {
    choices.calibrations = {quantization::calibration_of(wanted.calibration)};
  }
  choices = quantization::possible(choices, model);
  const bool layer_norms = quantization::has_layer_norms(model);
  settings.layer_norm = choices.layer_norms.front();
  settings.calibration.calibration = choices.calibrations.front();
  if (choices.count() > 1) {
    inputs.count = std::min(inputs.count, quantization::kChoiceInputs);
    const std::vector<quantization::Candidate> candidates =
        quantization::try_all(model, inputs, settings, choices);
    const size_t chosen = quantization::best(candidates);
    settings.layer_norm = candidates[chosen].layer_norm;
    settings.calibration.calibration = candidates[chosen].calibration;
    fmt::print("{}\n", quantization::choice_text(candidates, chosen, layer_norms));
  }
  fmt::print("Calibration   {}\n", quantization::name_of(settings.calibration.calibration));
  if (layer_norms) {
    fmt::print("Layer norms   form: {}\n", quantization::name_of(settings.layer_norm));
  }
  return settings;
}

Student make_student(const graph::Graph& model, const Specification& specification,
                     const FinetuningSettings& f, const quantization::Inputs& inputs, int threads) {
  const quantization::ModelSettings settings =
      quantization_settings(model, specification, inputs, threads);
  quantization::LayerNormResult formed = quantization::apply_layer_norm_form(
      quantization::with_float_weights(model), settings.layer_norm);
  quantization::check_quantizable(formed.graph, formed.float_operators);
  quantization::Ranges ranges = quantization::calibrate(formed.graph, inputs, settings.calibration);
  const double speed = f.learning_rate > 0 ? f.range_learning_rate / f.learning_rate : 0.0;
  quantization::QuantizeOptions options;
  options.float_operators = std::move(formed.float_operators);
  options.weight_scales = settings.weight_scales;
  options.lstm = settings.lstm;
  options.int8_io = settings.int8_io;
  return Student(std::move(formed.graph), std::move(options), std::move(ranges),
                 static_cast<float>(speed));
}

void print_row(const TuningRow& row, bool best) {
  if (row.epoch == 0) {  // as calibrated
    fmt::print("{:>5} {:>8} {:>10} {:>9} {:>10} {:>10.2f} % {:>10.5f}\n", row.epoch, row.step, "",
               "", "", 100 * row.validation.fraction(), row.validation.rms_difference);
    std::fflush(stdout);
    return;
  }
  fmt::print("{:>5} {:>8} {:>10.2e} {:>9.5f} {:>8.2f} % {:>10.2f} % {:>10.5f} {:>8.0f}{}\n",
             row.epoch, row.step, row.learning_rate, row.loss, 100 * row.agreement,
             100 * row.validation.fraction(), row.validation.rms_difference, row.clips_per_second,
             best ? "  best" : "");
  std::fflush(stdout);
}

}  // namespace

void run_finetune_command(const FinetuneCommand& command) {
  std::vector<std::string> overrides = command.overrides;
  if (command.epochs > 0) overrides.push_back(fmt::format("finetuning.epochs={}", command.epochs));
  const Specification specification = read_specification(command.specification, overrides);
  const FinetuningSettings settings = read_finetuning_settings(command.specification, overrides);
  if (specification.quantization.carry_state) {
    throw Error("cannot fine-tune", specification.file.string(),
                "quantization.carry_state asks for a state that lives from clip to clip",
                "set it to false; every training clip begins with a fresh state");
  }
  const Path output =
      command.output.empty() ? quantization::int8_path(command.model) : command.output;
  const graph::Graph model = graph::read_tflite(command.model);
  dataset::LoadOptions load;
  load.threads = command.threads;
  load.check = dataset::Check::kDecode;
  load.decoded = {dataset::Split::kTrain, dataset::Split::kValidation};
  const dataset::Dataset data =
      dataset::load_dataset(specification, data_root(specification, command.data), load);
  if (!data.skipped.empty()) {
    fmt::print(stderr, "warning: {}", dataset::skipped_text(data.skipped));
  }
  const auto training = augmentation::training_source(specification, data);
  if (training->values_per_example() != quantization::input_size(model)) {
    throw Error("cannot fine-tune", specification.file.string(),
                fmt::format("its front end gives {} values and the model takes {}",
                            training->values_per_example(), quantization::input_size(model)),
                "give the specification that the model was trained with");
  }
  const quantization::Inputs measured =
      quantization::representative_clips(specification, data, quantization::input_size(model),
                                         static_cast<size_t>(settings.representative_clips),
                                         noise_of_copies(specification), command.threads)
          .inputs;
  const Student student = make_student(model, specification, settings, measured, command.threads);

  TuningOptions options;
  options.folder = output.parent_path() / "finetuning";
  options.threads = command.threads;
  options.resume = command.resume;
  options.overwrite = command.overwrite;
  options.class_weights = data.class_weights(specification.data.class_weights);
  options.fingerprint = fingerprint_of(specification, settings, command.model);
  options.resume_command = resume_command(command);
  options.on_epoch = print_row;
  fmt::print("{:>5} {:>8} {:>10} {:>9} {:>10} {:>12} {:>10} {:>8}\n", "epoch", "step", "rate",
             "loss", "agrees", "val agrees", "val rms", "clips/s");
  const TuningResult result =
      tune(student, settings, specification.training, *training, measured, options);

  const quantization::QuantizedGraph quantized = student.exported(result.parameters);
  graph::write_tflite(output, quantized.graph);
  quantization::Inputs some = measured;
  some.count = std::min(some.count, kReportInputs);
  const std::vector<quantization::ReportRow> rows = quantization::measure_report(
      student.float_graph(result.parameters), quantized, some, {false, command.threads});
  const Path report =
      command.report.empty() ? output.parent_path() / "quantization_report.csv" : command.report;
  quantization::write_report(report, rows);
  fmt::print("Best epoch    {}\nint8 model    {}, {} bytes\nWorst rows    {}\nReport        {}\n",
             result.best_epoch, output.string(), std::filesystem::file_size(output),
             quantization::worst_rows_text(rows), report.string());
}

}  // namespace stapes::finetuning
