#pragma once
#include "device/graph/tensor.h"
#include "device/spotter/runnable_model.h"

namespace stapes {

inline RunnableModel::Values values_of(TensorType type) {
  return type == TensorType::kFloat32 ? RunnableModel::Values::kFloat32
         : type == TensorType::kInt8  ? RunnableModel::Values::kInt8
                                      : RunnableModel::Values::kOther;
}

// What is the same of either interpreter; invoke and has_scores are left open.
template <typename AnyInterpreter>
RunnableModel runnable_with(AnyInterpreter& interpreter, const TensorView& input,
                            const TensorView& output) {
  RunnableModel model;
  model.input_values = values_of(input.type);
  model.input_elements = input.shape.elements();
  model.input = input.data;
  model.output_values = values_of(output.type);
  model.output_elements = output.shape.elements();
  model.output = output.data;
  model.output_scale = output.scale;
  model.output_zero_point = output.zero_point;
  model.input_tensor = input.index;
  model.output_tensor = output.index;
  model.self = &interpreter;
  model.reset = [](void* self) { static_cast<AnyInterpreter*>(self)->reset(); };
  if (!interpreter.has_quantized_input()) return model;
  model.input_values = RunnableModel::Values::kFloat32;
  model.quantize_input = [](void* self, const float* values, int32_t first, int32_t count) {
    static_cast<AnyInterpreter*>(self)->quantize_input(values, first, count);
  };
  return model;
}

}  // namespace stapes
