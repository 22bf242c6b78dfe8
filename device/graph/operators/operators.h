#pragma once
#include "device/graph/operator_kernel.h"

// Every OperatorKernel there is, by name, for tables that link only what they list. Named after the
// operator and its element type; those without a type move elements of any type.
namespace stapes {

// int8 (int8/, kernels in device/kernels/reference)

// any type (any/)
extern const OperatorKernel kReshape;
extern const OperatorKernel kSqueeze;
extern const OperatorKernel kExpandDims;

// float32 (float32/, kernels in device/kernels/float32)

}  // namespace stapes
