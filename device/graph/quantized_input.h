#pragma once
#include "device/graph/model.h"

namespace stapes {

// Quantized models mostly take float32 and begin with a QUANTIZE. Who has that QUANTIZE's result
// already, or makes it piece by piece, can give the model that instead; the float32 values then
// need no memory, which are four times as many bytes.
//
// The tensor that QUANTIZE, operator 0, makes of the model's input 0: int8 or int16. -1 when the
// model does not begin so, or when something else needs the float32 values too: another operator,
// or an output of the model.
int32_t quantized_input(const Model& model);

}  // namespace stapes
