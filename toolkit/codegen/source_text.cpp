#include "toolkit/codegen/sources.h"

namespace stapes::codegen {
namespace {

constexpr const char* kMadeBy = "// Made by `stapes compile`; changes will be lost.\n";

constexpr const char* kAccess = R"(
namespace {{

static_assert(sizeof({name}_model::arena) == {arena}, "the plan is for this arena");

// `count` elements at an offset of the plan.
template <typename T, size_t offset, size_t count>
T* at({name}_model* model) {{
  static_assert(offset + count * sizeof(T) <= {macro}_ARENA_BYTES, "outside of the arena");
  static_assert(offset % alignof(T) == 0, "not aligned");
  return reinterpret_cast<T*>(model->arena + offset);
}}
template <typename T, size_t offset, size_t count>
const T* at(const {name}_model* model) {{
  static_assert(offset + count * sizeof(T) <= {macro}_ARENA_BYTES, "outside of the arena");
  return reinterpret_cast<const T*>(model->arena + offset);
}}

)";

std::string access_functions(const Interface& interface) {
  std::string text;
  const auto define = [&](const Interface::Operand& operand, const char* constness) {
    text += fmt::format("{0}{1}* {2}({0}{3}_model* model) {{ return {4}; }}\n", constness,
                        operand.type, operand.function, interface.name, operand.pointer);
  };
  for (const auto& operand : interface.inputs) define(operand, "");
  for (const auto& operand : interface.outputs) define(operand, "const ");
  return text;
}

std::string reset_function(const Interface& interface) {
  std::string body;
  for (const auto& variable : interface.variables) {
    body += fmt::format("  std::memset(model->state.{0}, {1}, sizeof(model->state.{0}));\n",
                        variable.field, variable.reset_byte);
  }
  if (body.empty()) body = "  (void)model;\n";
  return fmt::format("\nvoid {0}_reset({0}_model* model) {{\n{1}}}\n", interface.name, body);
}

}  // namespace

std::string source_text(const Interface& interface, const CallWriter& calls, bool selection) {
  std::string text = kMadeBy;
  text +=
      fmt::format("#include \"{}.h\"\n\n#include <cstring>\n#include <limits>\n\n", interface.name);
  if (selection) text += "#include \"kernels/kernels.h\"\n";
  for (const std::string& kernel : calls.kernels()) {
    text += fmt::format("#include \"kernels/{}.h\"\n", kernel);
  }
  text += fmt::format("#include \"{}_weights.h\"\n", interface.name);
  text += fmt::format(fmt::runtime(kAccess), fmt::arg("name", interface.name),
                      fmt::arg("macro", interface.macro), fmt::arg("arena", interface.arena_bytes));
  if (!calls.stored_tensors().empty()) {
    text += fmt::format("using namespace {}_weights;\n\n", interface.name);
  }
  text += "// Prepared parameters.\n" + calls.constants() + "\n}  // namespace\n\n";
  text += "extern \"C\" {\n\n" + access_functions(interface) + reset_function(interface);
  text +=
      fmt::format("\nbool {0}_invoke({0}_model* model) {{\n{1}  (void)model;\n  return true;\n}}\n",
                  interface.name, calls.calls());
  text += "\n}  // extern \"C\"\n";
  return text;
}

std::string weights_header_text(const Interface& interface, const CallWriter& calls) {
  std::string text = kMadeBy;
  text += fmt::format("#pragma once\n#include <cstdint>\n\nnamespace {}_weights {{\n\n",
                      interface.name);
  for (const StoredTensor& tensor : calls.stored_tensors()) {
    text += fmt::format("extern const {} {}[{}];\n", type_name(tensor.type), tensor.name,
                        tensor.data.size() / graph::size_of(tensor.type));
  }
  return text + fmt::format("\n}}  // namespace {}_weights\n", interface.name);
}

std::string weights_source_text(const Interface& interface, const CallWriter& calls) {
  std::string text = kMadeBy;
  text +=
      fmt::format("#include \"{0}_weights.h\"\n\n#include <limits>\n\nnamespace {0}_weights {{\n",
                  interface.name);
  for (const StoredTensor& tensor : calls.stored_tensors()) {
    const size_t size = graph::size_of(tensor.type);
    text += fmt::format("\nalignas({}) const {} {}[{}] = {};\n", size < 4 ? 4 : size,
                        type_name(tensor.type), tensor.name, tensor.data.size() / size,
                        elements_literal(tensor.type, tensor.data));
  }
  return text + fmt::format("\n}}  // namespace {}_weights\n", interface.name);
}

}  // namespace stapes::codegen
