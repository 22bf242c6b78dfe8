#pragma once
#include <cstdint>

#include "device/status.h"

namespace stapes {

// A model that is ready to run, whoever runs it: the interpreter, or the source that
// `stapes compile` wrote. All that the spotter knows of it. `self` is given to the functions.
struct RunnableModel {
  enum class Values { kFloat32, kInt8, kOther };

  Values input_values = Values::kOther;
  int32_t input_elements = 0;
  void* input = nullptr;  // not used where there is quantize_input
  // Null, or how a model that begins with QUANTIZE takes its float32 values instead, as many as
  // there are at a time: this is the QUANTIZE for elements `first` to `first + count` of the input.
  void (*quantize_input)(void* self, const float* values, int32_t first, int32_t count) = nullptr;
  Values output_values = Values::kOther;
  int32_t output_elements = 0;
  const void* output = nullptr;
  // real = scale * (stored - zero_point), of an int8 output
  float output_scale = 0.0F;
  int32_t output_zero_point = 0;

  void* self = nullptr;
  void (*reset)(void* self) = nullptr;     // forgets what the model has heard
  Status (*invoke)(void* self) = nullptr;  // input -> output
  // Null for a model that gets a window of frames at each inference. Otherwise its input is one
  // frame, its state lives on, and this says whether the last invoke() made new scores.
  bool (*has_scores)(void* self) = nullptr;

  // Of a .tflite, for messages; -1: not known.
  int32_t input_tensor = -1;
  int32_t output_tensor = -1;
};

}  // namespace stapes
