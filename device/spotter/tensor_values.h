#pragma once
#include "device/graph/tensor.h"
#include "device/spotter/runnable_model.h"

namespace stapes {

inline RunnableModel::Values values_of(TensorType type) {
  return type == TensorType::kFloat32 ? RunnableModel::Values::kFloat32
         : type == TensorType::kInt8  ? RunnableModel::Values::kInt8
                                      : RunnableModel::Values::kOther;
}

// A model with this input and output; how it is run is left open.
inline RunnableModel runnable_with(const TensorView& input, const TensorView& output) {
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
  return model;
}

}  // namespace stapes
