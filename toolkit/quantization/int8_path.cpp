#include "toolkit/quantization/int8_path.h"

namespace stapes::quantization {

Path int8_path(const Path& float_model) {
  std::string stem = float_model.stem().string();
  if (float_model.extension() == ".zip") stem = Path(stem).stem().string();  // x.mltk.zip
  const std::string ending = "_float";
  if (stem.ends_with(ending)) stem.resize(stem.size() - ending.size());
  return float_model.parent_path() / (stem + "_int8.tflite");
}

}  // namespace stapes::quantization
