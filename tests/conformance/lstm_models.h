#pragma once
#include "tests/conformance/builder.h"

// Models of one LSTM each. They return the output tensor.
namespace stapes::conformance {

int32_t lstm(Builder& b);
// One that normalizes its gates.
int32_t layer_norm_lstm(Builder& b);
// STAPES_LSTM with an int8 or int16 hidden state and some weights with a scale for each row.
int32_t extended_lstm(Builder& b);

}  // namespace stapes::conformance
