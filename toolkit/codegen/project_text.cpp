#include "toolkit/codegen/sources.h"

// The texts around the model itself: self-test and build files.
namespace stapes::codegen {
namespace {

constexpr const char* kSelfTest = R"(// Made by `stapes compile`; changes will be lost.
#include <cstring>
#include <type_traits>

#include "{name}.h"

namespace {{

{inputs}{outputs}
// Integers must be equal; floats may differ by what another mathematics library rounds otherwise.
template <typename T>
bool is_near(T actual, T expected) {{
  if constexpr (std::is_same<T, float>::value) {{
    const float difference = actual < expected ? expected - actual : actual - expected;
    const float magnitude = expected < 0 ? -expected : expected;
    return difference <= 1e-5F * (1 + magnitude);
  }} else {{
    return actual == expected;
  }}
}}

template <typename T, size_t count>
bool equals(const T* actual, const uint8_t (&expected)[count]) {{
  for (size_t i = 0; i < count / sizeof(T); ++i) {{
    T value;
    std::memcpy(&value, expected + i * sizeof(T), sizeof(T));
    if (!is_near(actual[i], value)) return false;
  }}
  return true;
}}

bool infer({name}_model* model) {{
{copies}  return {name}_invoke(model);
}}

}}  // namespace

extern "C" bool {name}_self_test({name}_model* model) {{
  {name}_reset(model);
  bool good = true;
{checks}  {name}_reset(model);
  return good;
}}
)";

std::string bytes_constant(const std::string& name, const Bytes& bytes) {
  return fmt::format("const uint8_t {}[{}] = {};\n", name, bytes.size(),
                     elements_literal(TensorType::kUint8, bytes));
}

constexpr const char* kMain = R"(/* Made by `stapes compile`; changes will be lost. */
#include <stdio.h>

#include "{name}.h"

int main(void) {{
  static {name}_model model;
  const bool good = {name}_self_test(&model);
  puts(good ? "self-test passed" : "self-test FAILED");
  return good ? 0 : 1;
}}
)";

constexpr const char* kCMake =
    R"(# Made by `stapes compile`; changes will be lost. Use in a project:
#
#   add_subdirectory({name})
#   target_link_libraries(firmware PRIVATE {name})
#
# or alone, to run the self-test on this computer:
#
#   cmake -B build && cmake --build build && build/{name}_self_test
{toolchain_hint}cmake_minimum_required(VERSION 3.16)
project({name} LANGUAGES C CXX)

set({macro}_OPTIMIZATION "{optimization}" CACHE STRING "How {name} is optimized")

add_library({name} STATIC
  {sources})
target_compile_features({name} PUBLIC cxx_std_17)
target_include_directories({name} PUBLIC ${{CMAKE_CURRENT_LIST_DIR}})
# Without contraction, float operators give the same bits with and without fused multiply-add.
target_compile_options({name} PRIVATE
  ${{{macro}_OPTIMIZATION}} -ffunction-sections -fdata-sections -ffp-contract=off
  $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions> $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>)
{hot_sources}
if(CMAKE_SOURCE_DIR STREQUAL CMAKE_CURRENT_SOURCE_DIR AND NOT CMAKE_CROSSCOMPILING)
  set(CMAKE_C_STANDARD 11)
  add_executable({name}_self_test self_test_main.c)
  target_link_libraries({name}_self_test PRIVATE {name})
  enable_testing()
  add_test(NAME {name}_self_test COMMAND {name}_self_test)
endif()
)";

constexpr const char* kToolchain =
    R"(# Made by `stapes compile --target {target}`, for a build of the library alone; a project for a
# board has a toolchain file of its own.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_C_COMPILER {compiler}gcc)
set(CMAKE_CXX_COMPILER {compiler}g++)
set(CMAKE_C_FLAGS_INIT "{flags}")
set(CMAKE_CXX_FLAGS_INIT "{flags}")
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
)";

}  // namespace

std::string self_test_text(const Interface& interface, const Golden& golden) {
  std::string inputs;
  std::string copies;
  for (size_t i = 0; i < golden.inputs.size(); ++i) {
    const std::string name = fmt::format("kInput{}", i);
    inputs += bytes_constant(name, golden.inputs[i]);
    copies += fmt::format("  std::memcpy({}(model), {}, sizeof({}));\n",
                          interface.inputs[i].function, name, name);
  }
  std::string outputs;
  std::string checks;
  for (size_t n = 0; n < golden.outputs.size(); ++n) {
    checks += "  good = infer(model) && good;\n";
    for (size_t i = 0; i < golden.outputs[n].size(); ++i) {
      const std::string name = fmt::format("kOutput{}OfInference{}", i, n);
      outputs += bytes_constant(name, golden.outputs[n][i]);
      checks += fmt::format("  good = equals({}(model), {}) && good;\n",
                            interface.outputs[i].function, name);
    }
  }
  using fmt::arg;
  return fmt::format(fmt::runtime(kSelfTest), arg("name", interface.name), arg("inputs", inputs),
                     arg("outputs", outputs), arg("copies", copies), arg("checks", checks));
}

std::string self_test_main_text(const Interface& interface) {
  return fmt::format(fmt::runtime(kMain), fmt::arg("name", interface.name));
}

// Where the DSP extension's kernels are used, -Os leaves out those of them in which an inference
// spends its time.
static std::string hot_sources_text(const Interface& interface,
                                    const std::vector<std::string>& sources) {
  const std::string& target = interface.target;
  if (target != "cortex-m4" && target != "cortex-m7" && target != "cortex-m33") return "";
  std::string hot;
  for (const std::string& source : sources) {
    for (const char* name : {"arm_dsp/columns", "arm_dsp/conv_2d", "arm_dsp/depthwise",
                             "arm_dsp/elementwise", "packed_channels"}) {
      if (source.rfind(std::string("kernels/") + name, 0) == 0) hot += "    " + source + "\n";
    }
  }
  if (hot.empty()) return "";
  return fmt::format(
      "\n# Small code, but not where an inference spends its time.\n"
      "if({}_OPTIMIZATION STREQUAL \"-Os\")\n  set_source_files_properties(\n{}"
      "    PROPERTIES COMPILE_OPTIONS -O2)\nendif()\n",
      interface.macro, hot);
}

std::string cmake_text(const Interface& interface, const std::vector<std::string>& sources) {
  using fmt::arg;
  const bool for_host = interface.target == "host";
  // The boards' kernels are in assembly where it counts: -O3 makes the code a half larger and less
  // than one percent faster.
  const std::string optimization = for_host ? "-O3" : "-O2";
  const std::string hint = for_host
                               ? ""
                               : fmt::format(
                                     "#\n# or for {}, to look at its size:\n#\n"
                                     "#   cmake -B build -DCMAKE_TOOLCHAIN_FILE=toolchain.cmake && "
                                     "cmake --build build\n",
                                     interface.target);
  return fmt::format(fmt::runtime(kCMake), arg("name", interface.name),
                     arg("macro", interface.macro), arg("sources", fmt::join(sources, "\n  ")),
                     arg("toolchain_hint", hint), arg("optimization", optimization),
                     arg("hot_sources", hot_sources_text(interface, sources)));
}

std::string toolchain_text(const Target& target) {
  using fmt::arg;
  return fmt::format(fmt::runtime(kToolchain), arg("target", target.name),
                     arg("compiler", target.compiler), arg("flags", target.flags));
}

}  // namespace stapes::codegen
