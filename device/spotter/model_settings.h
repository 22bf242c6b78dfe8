#pragma once
#include <cstddef>
#include <cstdint>

#include "device/spotter/spotter.h"

namespace stapes {

// What a .tflite file says about listening with it: labels, front end, detector, from the
// dictionary in its metadata entry "SL_PARAMSv1" (docs/formats.md). A firmware that reads them
// itself takes any model without being built anew.
//
//   static ModelSettings said;
//   Status status = read_model_settings(model, model_bytes, &said);
//   if (status.ok()) status = spotter.initialize(said.spotter, model, model_bytes, operators,
//                                                said.labels, said.classes, memory, sizeof memory);
//
// Labels lie in the file, which must outlive them; `spotter` points into this object, so it isn't
// copied.
struct ModelSettings {
  static constexpr int32_t kMaximumClasses = 64;

  Spotter::Settings spotter;
  const char* labels[kMaximumClasses] = {};
  uint8_t thresholds[kMaximumClasses] = {};
  int32_t classes = 0;

  ModelSettings() = default;
  ModelSettings(const ModelSettings&) = delete;
  ModelSettings& operator=(const ModelSettings&) = delete;
};

// Keys that the file lacks keep their defaults. Fails when there is no dictionary, when it is
// damaged, when it names no classes or more than kMaximumClasses, and when a value is of the wrong
// kind or out of range; nothing outside the file is read, whatever it contains.
Status read_model_settings(const uint8_t* model, size_t size, ModelSettings* settings);

}  // namespace stapes
