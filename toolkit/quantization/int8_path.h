#pragma once
#include "toolkit/base/files.h"

namespace stapes::quantization {

// "x_float.tflite" -> "x_int8.tflite", "x.tflite" and "x.mltk.zip" -> "x_int8.tflite", in the same
// folder.
Path int8_path(const Path& float_model);

}  // namespace stapes::quantization
