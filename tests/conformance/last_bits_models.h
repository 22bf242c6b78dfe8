#pragma once
#include "tests/conformance/builder.h"

namespace stapes::conformance {

// A FULLY_CONNECTED with one scale, whose factor is made as that of each of an LSTM's gates, or a
// SUB, whose results tell whether quotients of scales were formed in float or in double. One result
// in a million does, so that no other random model has any. Returns the output tensor; -1: the
// scales that were drawn have no such results.
int32_t last_bits(Builder& b);

}  // namespace stapes::conformance
