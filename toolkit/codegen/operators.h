#pragma once
#include "device/graph/operator_table.h"
#include "toolkit/codegen/call_writer.h"

namespace stapes::codegen {

// The operators that can be compiled: the reference kernels' bindings.
OperatorTable compilable_operators();

// Of the kernel that QUANTIZE calls for float32, by the type of its output.
const char* quantize_function(TensorType output);

// Writes the call of the operator that `writer` is at, as its evaluate() makes it.
void write_operator(const OperatorKernel* kernel, CallWriter& writer);

}  // namespace stapes::codegen
