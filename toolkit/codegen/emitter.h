#pragma once
#include <span>

#include "toolkit/codegen/call_writer.h"

namespace stapes::codegen {

// How one operator of the interpreter is written as a call.
struct Emitter {
  const OperatorKernel* kernel;
  void (*write)(CallWriter& writer);
};

// Those of operators with int16 activations.
std::span<const Emitter> int16_emitters();

}  // namespace stapes::codegen
