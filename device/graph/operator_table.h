#pragma once
#include "device/graph/operator_kernel.h"

namespace stapes {

// The operators that a program links. An operator that no table names costs no flash:
//
//   const OperatorKernel* const kOperators[] = {&kConv2DInt8, &kFullyConnectedInt8, &kReshape};
//   const OperatorTable operators = make_table(kOperators);
//
// The first entry that matches code and input type is used, so a faster kernel is put in front of
// the reference kernel that it replaces.
struct OperatorTable {
  const OperatorKernel* const* entries = nullptr;
  int32_t count = 0;
  OperatorTable (*rest)() = nullptr;  // another table, searched when this one has no match

  const OperatorKernel* find(OperatorCode code, TensorType input_type) const {
    for (int32_t i = 0; i < count; ++i) {
      const OperatorKernel* entry = entries[i];
      if (entry->code == code && (entry->any_type || entry->input_type == input_type)) return entry;
    }
    return rest == nullptr ? nullptr : rest().find(code, input_type);
  }
};

template <int32_t N>
constexpr OperatorTable make_table(const OperatorKernel* const (&entries)[N]) {
  return {entries, N, nullptr};
}

// Everything there is: for a PC, where size doesn't matter.
OperatorTable all_operators();
// Everything but the float32 kernels.
OperatorTable integer_operators();
// all_operators() with filters packed once, by initialize(), into the order in which the
// processor's vector instructions read them. They lie in the arena, which is larger than a board's;
// where there are no such kernels (kernels/x86/), it is all_operators().
OperatorTable packing_operators();
// What they need besides workspace_bound() of the interpreters.
constexpr size_t packing_bound(size_t model_size, size_t operators) {
  return 64 * model_size + 4096 * operators;
}

}  // namespace stapes
