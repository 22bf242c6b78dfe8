// A spotter whose model is a .tflite (declared in spotter.h). In a file of its own, so that a
// program with a compiled model links neither the interpreter nor what computes the front end's
// tables.
#include <new>

#include "device/graph/interpreter.h"
#include "device/spotter/spotter.h"
#include "device/spotter/spotter_layout.h"
#include "device/spotter/tensor_values.h"

namespace stapes {
namespace {

static_assert(Spotter::kAlignment % kArenaAlignment == 0, "");
static_assert(Spotter::kAlignment % alignof(Interpreter) == 0, "");

RunnableModel runnable(Interpreter& interpreter) {
  RunnableModel model = runnable_with(interpreter, interpreter.input(0), interpreter.output(0));
  model.invoke = [](void* self) { return static_cast<Interpreter*>(self)->invoke(); };
  return model;
}

}  // namespace

size_t Spotter::required_memory(const Settings& settings, int32_t classes) {
  const size_t front_end = FrontEnd::required_memory(settings.front_end);
  if (front_end == 0 || classes <= 0) return 0;
  return round_up(front_end) + SpotterLayout(settings, classes, false).total() +
         round_up(sizeof(Interpreter));
}

Status Spotter::initialize(const Settings& settings, const uint8_t* model, size_t model_bytes,
                           const OperatorTable& operators, const char* const* labels,
                           int32_t classes, void* memory, size_t bytes) {
  Status status = check(settings, classes, memory);
  if (!status.ok()) return status;
  // The front end judges its settings; they have no layout if it refuses them.
  status = front_end_.initialize(settings.front_end, memory, bytes);
  if (!status.ok()) return status;
  const size_t needed = required_memory(settings, classes);
  if (bytes < needed) return Status::failure("the spotter's memory is too small");
  auto* const begin = static_cast<uint8_t*>(memory);
  auto* const interpreter = new (begin + needed - round_up(sizeof(Interpreter))) Interpreter;
  Interpreter::Options options;
  options.quantized_input = true;
  status = interpreter->initialize(model, model_bytes, begin + needed, bytes - needed, operators,
                                   options);
  if (!status.ok()) return status;
  if (interpreter->inputs() != 1 || interpreter->outputs() != 1) {
    return Status::failure("the model must have one input and one output");
  }
  return finish(settings, runnable(*interpreter), labels, classes,
                begin + round_up(FrontEnd::required_memory(settings.front_end)));
}

}  // namespace stapes
