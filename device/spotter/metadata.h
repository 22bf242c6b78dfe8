#pragma once
#include <cstdint>

#include "device/graph/flatbuffer.h"

namespace stapes {

// The dictionary of a model's parameters, seen where it lies in the .tflite file. The schema is
// toolkit/graph/parameters.fbs.
class Metadata {
 public:
  enum class Kind { kAbsent, kBoolean, kInteger, kNumber, kText, kTextList, kIntegerList, kOther };

  // One value; of a list, an element by its index.
  struct Value {
    Kind kind = Kind::kAbsent;
    int64_t integer = 0;  // also 0 or 1 for a boolean
    double number = 0.0;  // also of a boolean and an integer
    int32_t size = 0;     // of a list
    FlatTable table;
  };

  Metadata() = default;
  Metadata(const Metadata&) = delete;  // values point into it
  Metadata& operator=(const Metadata&) = delete;

  // False when the file has no dictionary. Whether what was read was intact, intact() tells later.
  bool open(const uint8_t* model, size_t size);
  bool intact() const { return file_.intact() && dictionary_.intact(); }

  // `prefix` and `key` together are the name.
  Value find(const char* prefix, const char* key) const;
  int32_t integer_at(const Value& list, int32_t index) const;
  // Ends with a zero byte; null when the file doesn't have that.
  const char* text_at(const Value& list, int32_t index) const;

 private:
  FlatBuffer file_;
  FlatBuffer dictionary_;
  FlatTableVector entries_;
};

}  // namespace stapes
