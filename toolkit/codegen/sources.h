#pragma once
#include <string>
#include <vector>

#include "toolkit/codegen/call_writer.h"
#include "toolkit/codegen/golden.h"
#include "toolkit/codegen/target.h"

namespace stapes::codegen {

// The texts of a compiled model's own files. `name` is its prefix, "keyword"; `macro` the same in
// capitals.
struct Interface {
  struct Operand {
    std::string function;  // "keyword_input", or "keyword_input_1" when there are several
    std::string type;      // "int8_t"
    std::string pointer;   // expression in the arena
    size_t elements = 0;
    size_t element_bytes = 0;
    std::string description;  // "1x98x1x40, real = 0.1 * (stored - 12)"
  };
  struct Variable {
    std::string field;
    std::string type;
    size_t elements = 0;
    int32_t reset_byte = 0;  // what every byte is set to
  };

  std::string name;
  std::string macro;
  std::string target;
  size_t arena_bytes = 0;
  size_t state_bytes = 0;
  size_t weight_bytes = 0;
  std::vector<Operand> inputs;
  std::vector<Operand> outputs;
  std::vector<Variable> variables;
};

std::string header_text(const Interface& interface);
// With `selection`, kernels/kernels.h is part of the folder.
std::string source_text(const Interface& interface, const CallWriter& calls, bool selection);
std::string weights_header_text(const Interface& interface, const CallWriter& calls);
std::string weights_source_text(const Interface& interface, const CallWriter& calls);
std::string self_test_text(const Interface& interface, const Golden& golden);
std::string self_test_main_text(const Interface& interface);
std::string cmake_text(const Interface& interface, const std::vector<std::string>& sources);
std::string toolchain_text(const Target& target);

}  // namespace stapes::codegen
