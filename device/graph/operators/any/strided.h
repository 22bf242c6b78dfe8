#pragma once
#include "device/graph/operator_kernel.h"
#include "device/kernels/geometry.h"

// What TRANSPOSE and STRIDED_SLICE have in common: both pick elements of input 0 with strides.
namespace stapes {

// Elements from one position to the next along every axis.
void row_major_strides(const Shape& shape, int32_t (&strides)[kMaximumRank]);

// Stores the copy, with axes merged that can be walked as one.
Status prepare_strided(PrepareContext& context, const StridedCopy& copy);
Status evaluate_strided(const EvaluateContext& context);

}  // namespace stapes
