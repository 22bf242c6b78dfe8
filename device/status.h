#pragma once
#include <cstdint>

namespace stapes {

// How device code says that something went wrong: no exceptions, no allocation. `message` is a
// constant string; `operator_index` and `tensor_index` say where in the model, or are -1.
struct [[nodiscard]] Status {
  const char* message = nullptr;
  int32_t operator_index = -1;
  int32_t tensor_index = -1;

  bool ok() const { return message == nullptr; }

  static Status success() { return {}; }
  static Status failure(const char* message, int32_t operator_index = -1,
                        int32_t tensor_index = -1) {
    return {message, operator_index, tensor_index};
  }
};

}  // namespace stapes
