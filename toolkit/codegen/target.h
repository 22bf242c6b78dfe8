#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace stapes::codegen {

// A processor that models are compiled for.
struct Target {
  std::string_view name;      // "cortex-m4"
  std::string_view compiler;  // prefix of the tools, "arm-none-eabi-"; empty: the host's
  std::string_view flags;     // of the processor
  bool has_dsp;               // Arm's DSP extension, and so kernels of arm_dsp/ or arm_mve/
};

// Throws UsageError with the known names for an unknown one.
const Target& find_target(const std::string& name);
std::vector<std::string> target_names();

}  // namespace stapes::codegen
