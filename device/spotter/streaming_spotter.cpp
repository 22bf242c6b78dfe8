// A spotter whose model is a .tflite that hears frame by frame (declared in spotter.h). In a file
// of its own, so that a program links only the interpreter that it uses.
#include <new>

#include "device/spotter/spotter.h"
#include "device/spotter/spotter_layout.h"
#include "device/spotter/tensor_values.h"
#include "device/streaming/stream_interpreter.h"

namespace stapes {
namespace {

static_assert(Spotter::kAlignment % kArenaAlignment == 0, "");
static_assert(Spotter::kAlignment % alignof(StreamInterpreter) == 0, "");

RunnableModel runnable(StreamInterpreter& stream) {
  RunnableModel model = runnable_with(stream, stream.input(), stream.output(0));
  model.invoke = [](void* self) { return static_cast<StreamInterpreter*>(self)->step(); };
  model.has_scores = [](void* self) {
    return static_cast<StreamInterpreter*>(self)->has_new_output();
  };
  return model;
}

}  // namespace

size_t Spotter::required_stream_memory(const Settings& settings, int32_t classes) {
  const size_t front_end = FrontEnd::required_memory(settings.front_end);
  if (front_end == 0 || classes <= 0) return 0;
  return round_up(front_end) + SpotterLayout(settings, classes, true).total() +
         round_up(sizeof(StreamInterpreter));
}

Status Spotter::initialize_stream(const Settings& settings, const uint8_t* model,
                                  size_t model_bytes, const OperatorTable& operators,
                                  const char* const* labels, int32_t classes, void* memory,
                                  size_t bytes) {
  Status status = check(settings, classes, memory);
  if (!status.ok()) return status;
  status = front_end_.initialize(settings.front_end, memory, bytes);
  if (!status.ok()) return status;
  const size_t needed = required_stream_memory(settings, classes);
  if (bytes < needed) return Status::failure("the spotter's memory is too small");
  auto* const begin = static_cast<uint8_t*>(memory);
  auto* const stream = new (begin + needed - round_up(sizeof(StreamInterpreter))) StreamInterpreter;
  StreamInterpreter::Options options;
  options.quantized_input = true;
  status =
      stream->initialize(model, model_bytes, begin + needed, bytes - needed, operators, options);
  if (!status.ok()) return status;
  if (stream->outputs() != 1) {
    return Status::failure("the model must have one input and one output");
  }
  return finish(settings, runnable(*stream), labels, classes,
                begin + round_up(FrontEnd::required_memory(settings.front_end)));
}

}  // namespace stapes
