#pragma once
#include "tests/conformance/builder.h"

// Random models of the operators that only move values. Each function adds one operator with its
// inputs and returns its output; -1 when what was drawn isn't a model.
namespace stapes::conformance {

int32_t transpose(Builder& b);
int32_t strided_slice(Builder& b);
int32_t pad(Builder& b);
int32_t concatenation(Builder& b);
int32_t split(Builder& b);
int32_t reshape(Builder& b, OperatorCode code);  // RESHAPE, SQUEEZE, EXPAND_DIMS

}  // namespace stapes::conformance
