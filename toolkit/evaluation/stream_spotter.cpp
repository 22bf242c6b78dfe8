#include "toolkit/evaluation/stream_spotter.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "device/graph/interpreter.h"
#include "device/streaming/stream_interpreter.h"
#include "toolkit/base/error.h"
#include "toolkit/graph/stream_executor.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes::evaluation {
namespace {

int32_t ranged(const TestModel& model, const char* key, int64_t otherwise, int64_t low,
               int64_t high) {
  const int64_t value = model.parameters.integer(key, otherwise);
  if (value < low || value > high) {
    throw Error("cannot use the parameter", fmt::format("{} of {}", key, model.path.string()),
                fmt::format("{} is not within {} to {}", value, low, high),
                fmt::format("change it: stapes params MODEL {}={}", key, otherwise));
  }
  return static_cast<int32_t>(value);
}

struct alignas(Spotter::kAlignment) Block {
  uint8_t bytes[Spotter::kAlignment];
};

std::unique_ptr<Block[]> allocate(size_t bytes) {
  return std::make_unique<Block[]>((bytes + sizeof(Block) - 1) / sizeof(Block));
}

}  // namespace

StreamSettings stream_settings(const TestModel& model) {
  constexpr int64_t kHour = 3600 * 1000;
  StreamSettings settings;
  Spotter::Settings& spotter = settings.spotter;
  spotter.front_end = model.features.front_end;
  switch (model.features.normalization) {
    case Normalization::kNone:
      spotter.normalization = Spotter::Normalization::kNone;
      break;
    case Normalization::kMeanAndStd:
      spotter.normalization = Spotter::Normalization::kMeanAndStd;
      break;
    case Normalization::kRescale:
      spotter.normalization = Spotter::Normalization::kRescale;
      break;
  }
  spotter.rescale = static_cast<float>(model.features.rescale);
  spotter.latency_ms = ranged(model, "latency_ms", 100, 0, kHour);
  spotter.volume_gain = static_cast<float>(model.parameters.number("volume_gain", 0.0));
  Detector::Settings& detector = spotter.detector;
  detector.average_window_duration_ms = ranged(model, "average_window_duration_ms", 1000, 0, kHour);
  detector.detection_threshold =
      static_cast<uint8_t>(ranged(model, "detection_threshold", 185, 0, 255));
  detector.suppression_ms = ranged(model, "suppression_ms", 1500, 0, kHour);
  detector.minimum_count = ranged(model, "minimum_count", 3, 0, 1000);
  settings.verbose = model.parameters.boolean("verbose_model_output_logs", false);

  const auto* list = model.parameters.find("detection_threshold_list");
  if (list == nullptr) return settings;
  if (const auto* values = std::get_if<std::vector<int64_t>>(list)) {
    for (const int64_t value : *values) {
      settings.detection_thresholds.push_back(
          static_cast<uint8_t>(std::clamp<int64_t>(value, 0, 255)));
    }
  }
  if (!settings.detection_thresholds.empty() &&
      settings.detection_thresholds.size() != model.classes.size()) {
    throw Error("cannot use the parameter", "detection_threshold_list of " + model.path.string(),
                fmt::format("it has {} thresholds for {} classes",
                            settings.detection_thresholds.size(), model.classes.size()),
                "give one threshold per class");
  }
  return settings;
}

struct StreamSpotter::Implementation {
  Bytes model;
  std::vector<std::string> classes;
  std::vector<const char*> labels;
  std::vector<uint8_t> thresholds;
  std::unique_ptr<Block[]> memory;
  size_t memory_bytes = 0;
  Spotter spotter;
  std::string name;

  void require(const Status& status) const {
    if (status.ok()) return;
    std::string why = status.message;
    if (status.operator_index >= 0) why += fmt::format(" (operator {})", status.operator_index);
    throw Error("cannot run", name, why);
  }

  // What the spotter asks of an interpreter.
  template <typename AnyInterpreter>
  size_t required_arena(size_t operators) const {
    typename AnyInterpreter::Options options;
    options.quantized_input = true;
    const size_t size =
        AnyInterpreter::workspace_bound(model.size()) + packing_bound(model.size(), operators);
    const auto workspace = allocate(size);
    size_t arena = 0;
    require(AnyInterpreter::required_arena(model.data(), model.size(), packing_operators(), options,
                                           workspace.get(), size, &arena));
    return arena;
  }

  void start_stream(const graph::Graph& graph, const Spotter::Settings& settings) {
    // Says which operator of the model can't run so, better than the device can.
    const graph::StreamExecutor runs_at_all(graph);
    const auto count = static_cast<int32_t>(classes.size());
    memory_bytes = Spotter::required_stream_memory(settings, count) +
                   required_arena<StreamInterpreter>(graph.operators.size());
    memory = allocate(memory_bytes);
    require(spotter.initialize_stream(settings, model.data(), model.size(), packing_operators(),
                                      labels.data(), count, memory.get(), memory_bytes));
  }
};

StreamSpotter::StreamSpotter(const TestModel& model, const StreamSettings& settings)
    : implementation_(std::make_unique<Implementation>()) {
  Implementation& self = *implementation_;
  self.name = model.path.string();
  self.model = graph::serialize_tflite(model.graph);
  self.classes = model.classes;
  for (const std::string& label : self.classes) self.labels.push_back(label.c_str());
  self.thresholds = settings.detection_thresholds;

  Spotter::Settings spotter = settings.spotter;
  if (!self.thresholds.empty()) spotter.detector.detection_thresholds = self.thresholds.data();
  if (settings.frame_by_frame) {
    self.start_stream(model.graph, spotter);
    return;
  }
  const auto classes = static_cast<int32_t>(self.classes.size());
  self.memory_bytes = Spotter::required_memory(spotter, classes) +
                      self.required_arena<Interpreter>(model.graph.operators.size());
  self.memory = allocate(self.memory_bytes);
  self.require(self.spotter.initialize(spotter, self.model.data(), self.model.size(),
                                       packing_operators(), self.labels.data(), classes,
                                       self.memory.get(), self.memory_bytes));
}

StreamSpotter::~StreamSpotter() = default;

void StreamSpotter::push(std::span<const int16_t> samples,
                         const std::function<void(const Spotter::Inference&)>& on_inference) {
  constexpr size_t kPiece = 1U << 20;
  for (size_t done = 0; done < samples.size();) {
    const size_t count = std::min(samples.size() - done, kPiece);
    implementation_->require(implementation_->spotter.push(
        samples.data() + done, static_cast<int32_t>(count), on_inference));
    done += count;
  }
}

void StreamSpotter::reset() { implementation_->spotter.reset(); }
const Spotter& StreamSpotter::spotter() const { return implementation_->spotter; }
size_t StreamSpotter::memory_bytes() const { return implementation_->memory_bytes; }

}  // namespace stapes::evaluation
