#include "toolkit/codegen/spotter_text.h"

#include <memory>

#include "device/spotter/model_settings.h"
#include "toolkit/base/error.h"
#include "toolkit/codegen/literal.h"
#include "toolkit/codegen/operators.h"
#include "toolkit/codegen/spotter_constants.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes::codegen {
namespace {

constexpr const char* kHeader = R"(#ifndef {macro}_SPOTTER_H_
#define {macro}_SPOTTER_H_
/* Made by `stapes compile --spotter --target {target}`; changes will be lost.

     static {name}::Spotter spotter;       // {ram} bytes of RAM, the model's included

     if (!spotter.initialize()) return;     // once
     for (;;) {{
       read_microphone(samples, 160);       // any number of samples: 16-bit mono, {rate} Hz
       spotter.push(samples, 160, [](const {name}_inference& inference) {{
         if (inference.is_new) report(inference.label, inference.score);
       }});
     }}

   The same in C:

     static {name}_spotter spotter;
     {name}_spotter_initialize(&spotter);
     {name}_spotter_push(&spotter, samples, 160, on_inference, NULL);

   What is heard depends on the samples alone, not on how they are cut into calls. An inference is
   made inside of push(), every {latency} ms of sound. No heap, no exceptions, no static
   constructors. One object per stream; not thread-safe. */
#include "{name}.h"

#define {macro}_SAMPLE_RATE_HZ {rate}
#define {macro}_CLASSES {classes}
#define {macro}_SPOTTER_MEMORY_BYTES {memory}
#define {macro}_SPOTTER_OBJECT_BYTES {object}

#ifdef __cplusplus
#define {macro}_ALIGN_32 alignas(32)
extern "C" {{
#else
#define {macro}_ALIGN_32 _Alignas(32)
#endif

/* What one inference says; pointers are valid during the call. */
typedef struct {name}_inference {{
  int64_t time_ms;        /* of sound heard until now */
  const uint8_t* scores;  /* [{macro}_CLASSES], 255 = certain */
  bool is_new;            /* a detection: report it */
  int32_t class_index;    /* of the highest average score, new or not; -1: too few inferences yet */
  uint8_t score;          /* that average */
  const char* label;      /* of class_index; NULL: none */
}} {name}_inference;
typedef void (*{name}_on_inference)(const {name}_inference* inference, void* user);

typedef struct {name}_spotter {{
  {macro}_ALIGN_32 uint8_t memory[{macro}_SPOTTER_MEMORY_BYTES];
  {macro}_ALIGN_32 uint8_t object[{macro}_SPOTTER_OBJECT_BYTES];
  {name}_model model;
}} {name}_spotter;

/* Needed once before anything else. False: never with these constants. */
bool {name}_spotter_initialize({name}_spotter* spotter);
/* Takes all samples and calls on_inference for each inference. */
bool {name}_spotter_push({name}_spotter* spotter, const int16_t* samples, int32_t count,
                         {name}_on_inference on_inference, void* user);
/* Forgets all sound and starts at time 0. */
void {name}_spotter_reset({name}_spotter* spotter);

#ifdef __cplusplus
}}  // extern "C"

namespace {name} {{

class Spotter {{
 public:
  [[nodiscard]] bool initialize() {{ return {name}_spotter_initialize(&spotter_); }}
  template <typename OnInference>  // called with const {name}_inference&
  bool push(const int16_t* samples, int32_t count, OnInference on_inference) {{
    return {name}_spotter_push(
        &spotter_, samples, count,
        [](const {name}_inference* inference, void* user) {{
          (*static_cast<OnInference*>(user))(*inference);
        }},
        &on_inference);
  }}
  void reset() {{ {name}_spotter_reset(&spotter_); }}

 private:
  {name}_spotter spotter_;
}};

}}  // namespace {name}
#endif
#endif
)";

constexpr const char* kSource = R"(// Made by `stapes compile --spotter`; changes will be lost.
#include "{name}_spotter.h"

#include <limits>
#include <new>

{quantize_include}#include "spotter/spotter.h"

namespace {{

using {kernels}::FrontEndTables;
using {kernels}::RunnableModel;
using {kernels}::Spotter;
using {kernels}::Status;

static_assert(sizeof(Spotter) <= {macro}_SPOTTER_OBJECT_BYTES, "");
static_assert(alignof(Spotter) <= 32 && Spotter::kAlignment <= 32, "");

const char* const kLabels[] = {{{labels}}};
{thresholds}
// The front end's tables (frontend/tables.h).
{arrays}
FrontEndTables tables() {{
  FrontEndTables t;
{tables}  return t;
}}

Spotter::Settings settings() {{
  Spotter::Settings s;
{settings}  return s;
}}

RunnableModel runnable({name}_model* model) {{
  RunnableModel runnable;
  runnable.input_values = RunnableModel::Values::{input_values};
  runnable.input_elements = {input_elements};
  runnable.input = {input}(model);
{quantize_input}  runnable.output_values = RunnableModel::Values::{output_values};
  runnable.output_elements = {output_elements};
  runnable.output = {output}(model);
  runnable.output_scale = {output_scale};
  runnable.output_zero_point = {output_zero_point};
  runnable.self = model;
  runnable.reset = [](void* self) {{ {name}_reset(static_cast<{name}_model*>(self)); }};
  runnable.invoke = [](void* self) {{
    return {name}_invoke(static_cast<{name}_model*>(self))
               ? Status::success()
               : Status::failure("an operator is not defined for the values that it met");
  }};
  return runnable;
}}

Spotter& object({name}_spotter* spotter) {{
  return *std::launder(reinterpret_cast<Spotter*>(spotter->object));
}}

}}  // namespace

extern "C" {{

bool {name}_spotter_initialize({name}_spotter* spotter) {{
  auto* const made = new (spotter->object) Spotter;
  return made
      ->initialize(settings(), tables(), runnable(&spotter->model), kLabels, {macro}_CLASSES,
                   spotter->memory, sizeof(spotter->memory))
      .ok();
}}

bool {name}_spotter_push({name}_spotter* spotter, const int16_t* samples, int32_t count,
                         {name}_on_inference on_inference, void* user) {{
  return object(spotter)
      .push(samples, count,
            [=](const Spotter::Inference& heard) {{
              const int32_t index = heard.detection.class_index;
              const {name}_inference inference = {{heard.time_ms,
                                                  heard.scores,
                                                  heard.detection.is_new,
                                                  index,
                                                  heard.detection.score,
                                                  index < 0 ? nullptr : kLabels[index]}};
              on_inference(&inference, user);
            }})
      .ok();
}}

void {name}_spotter_reset({name}_spotter* spotter) {{ object(spotter).reset(); }}

}}  // extern "C"
)";

// In place of the QUANTIZE that the model began with; the same kernel (operators.cpp).
constexpr const char* kQuantizeInput =
    R"(  runnable.quantize_input = [](void* self, const float* values, int32_t first, int32_t count) {{
    {kernels}::{function}(values, count, {scale}, {zero_point},
        {input}(static_cast<{name}_model*>(self)) + first);
  }};
)";

struct alignas(Spotter::kAlignment) Block {
  uint8_t bytes[Spotter::kAlignment];
};

// The metadata's settings, with the model's bytes, to which its labels point.
struct Settings {
  explicit Settings(const graph::Graph& graph) {
    const Bytes bytes = graph::serialize_tflite(graph);
    model = std::make_unique<Block[]>(bytes.size() / sizeof(Block) + 1);
    std::memcpy(model.get(), bytes.data(), bytes.size());
    const Status status =
        read_model_settings(reinterpret_cast<const uint8_t*>(model.get()), bytes.size(), &said);
    if (!status.ok()) {
      throw Error("cannot compile a spotter", "the model's metadata", status.message,
                  "stapes params shows and changes them");
    }
  }

  std::unique_ptr<Block[]> model;
  ModelSettings said;
};

std::string values_name(const Interface::Operand& operand) {
  return operand.type == "float" ? "kFloat32" : operand.type == "int8_t" ? "kInt8" : "kOther";
}

// As Spotter::initialize() would find out on the device, but here, with a message.
void require_fit(const Interface& interface, bool is_float_input, const graph::Tensor& output,
                 const Settings& settings) {
  const FrontEndSettings& front_end = settings.said.spotter.front_end;
  const auto fail = [](const std::string& why) {
    throw Error("cannot compile a spotter", "the model", why);
  };
  if (interface.inputs.size() != 1 || interface.outputs.size() != 1) {
    fail("it must have one input and one output");
  }
  const size_t features = static_cast<size_t>(front_end.frames()) *
                          static_cast<size_t>(front_end.filterbank_n_channels);
  if (interface.inputs[0].elements != features) {
    fail(fmt::format("its input has {} values, the front end makes {}",
                     interface.inputs[0].elements, features));
  }
  if (interface.outputs[0].elements != static_cast<size_t>(settings.said.classes)) {
    fail(fmt::format("it has {} scores for {} classes", interface.outputs[0].elements,
                     settings.said.classes));
  }
  if (!is_float_input && interface.inputs[0].type != "int8_t") {
    fail("its input is neither float32 nor int8");
  }
  if (!is_float_input && settings.said.spotter.normalization != Spotter::Normalization::kNone) {
    fail("a model with int8 input takes no normalized features");
  }
  if (interface.outputs[0].type == "float") return;
  if (interface.outputs[0].type != "int8_t" || output.quantization.scale.size() != 1 ||
      output.quantization.scale[0] != 1.0F / 256 || output.quantization.zero_point[0] != -128) {
    fail("its scores must be float32, or int8 with scale 1/256 and zero point -128");
  }
}

}  // namespace

SpotterText spotter_text(const Interface& interface, const graph::Graph& graph, bool quantizes,
                         const std::string& kernel_namespace) {
  using fmt::arg;
  const Settings settings(graph);
  const graph::Tensor& output = graph.tensors.at(static_cast<size_t>(graph.outputs.at(0)));
  const bool is_float_input = quantizes || interface.inputs.at(0).type == "float";
  require_fit(interface, is_float_input, output, settings);
  const Spotter::Settings& spotter = settings.said.spotter;
  const int32_t classes = settings.said.classes;
  std::string labels;
  std::string thresholds;
  for (int32_t i = 0; i < classes; ++i) {
    labels += (i == 0 ? "" : ", ") + string_literal(settings.said.labels[i]);
    thresholds += fmt::format("{}{}", i == 0 ? "" : ", ", settings.said.thresholds[i]);
  }
  thresholds = spotter.detector.detection_thresholds == nullptr
                   ? ""
                   : fmt::format("const uint8_t kThresholds[] = {{{}}};\n", thresholds);
  if (const Status status = check_settings(spotter.front_end); !status.ok()) {
    throw Error("cannot compile a spotter", "the model's metadata", status.message,
                "stapes params shows and changes them");
  }
  const TablesText tables = tables_text(spotter.front_end);
  const size_t memory = Spotter::required_memory_without_model(spotter, classes);
  constexpr size_t kAlignment = 32;
  const size_t object = (sizeof(Spotter) + kAlignment - 1) / kAlignment * kAlignment;
  const bool has_scale = output.quantization.scale.size() == 1;

  SpotterText text;
  text.bytes = memory + object;
  text.header =
      fmt::format(fmt::runtime(kHeader), arg("name", interface.name), arg("macro", interface.macro),
                  arg("target", interface.target),
                  arg("ram", text.bytes + interface.arena_bytes + interface.state_bytes),
                  arg("rate", spotter.front_end.sample_rate_hz), arg("latency", spotter.latency_ms),
                  arg("classes", classes), arg("memory", memory), arg("object", object));
  std::string quantize_include;
  std::string quantize_input;
  if (quantizes) {
    const graph::Tensor& input = graph.tensors.at(static_cast<size_t>(graph.inputs.at(0)));
    const std::string function = quantize_function(input.type);
    text.kernels.insert("reference/quantize");
    text.functions.insert(function);
    quantize_include = input.type == TensorType::kInt8
                           ? "#include \"kernels/kernels.h\"\n"
                           : "#include \"kernels/reference/quantize.h\"\n";
    quantize_input = fmt::format(
        fmt::runtime(kQuantizeInput), arg("kernels", kernel_namespace), arg("function", function),
        arg("scale", literal(input.quantization.scale.at(0))),
        arg("zero_point", input.quantization.zero_point.at(0)),
        arg("input", interface.inputs[0].function), arg("name", interface.name));
  }
  text.source = fmt::format(
      fmt::runtime(kSource), arg("name", interface.name), arg("macro", interface.macro),
      arg("kernels", kernel_namespace), arg("labels", labels), arg("thresholds", thresholds),
      arg("arrays", tables.arrays), arg("tables", tables.assignments),
      arg("settings", settings_text(spotter)), arg("input", interface.inputs[0].function),
      arg("input_values", is_float_input ? "kFloat32" : values_name(interface.inputs[0])),
      arg("quantize_include", quantize_include), arg("quantize_input", quantize_input),
      arg("input_elements", interface.inputs[0].elements),
      arg("output", interface.outputs[0].function),
      arg("output_values", values_name(interface.outputs[0])),
      arg("output_elements", interface.outputs[0].elements),
      arg("output_scale", literal(has_scale ? output.quantization.scale[0] : 0.0F)),
      arg("output_zero_point",
          has_scale ? static_cast<int32_t>(output.quantization.zero_point[0]) : 0));
  return text;
}

}  // namespace stapes::codegen
