#include "toolkit/codegen/sources.h"

namespace stapes::codegen {
namespace {

std::string c_declarations(const Interface& interface) {
  const std::string& name = interface.name;
  std::string text;
  const auto declare = [&](const Interface::Operand& operand, const char* constness) {
    text +=
        fmt::format("{0}{1}* {2}({0}{3}_model* model);  // {4} elements: {5}\n", constness,
                    operand.type, operand.function, name, operand.elements, operand.description);
  };
  for (const auto& operand : interface.inputs) declare(operand, "");
  for (const auto& operand : interface.outputs) declare(operand, "const ");
  return text;
}

std::string state_struct(const Interface& interface) {
  if (interface.variables.empty()) return "";
  std::string text = fmt::format(
      "/* All that one {0}_invoke() leaves for the next. May be copied out and back. */\n"
      "typedef struct {0}_state {{\n",
      interface.name);
  for (const auto& variable : interface.variables) {
    text += fmt::format("  {} {}[{}];\n", variable.type, variable.field, variable.elements);
  }
  return text + fmt::format("}} {}_state;\n\n", interface.name);
}

// The members of the C++ class that stand for inputs or outputs.
std::string accessors(const Interface& interface, const std::vector<Interface::Operand>& operands,
                      bool constant) {
  std::string text;
  for (const auto& operand : operands) {
    text += fmt::format("  {0}{1}* {2}(){3} {{ return {4}(&model_); }}\n", constant ? "const " : "",
                        operand.type, operand.function.substr(interface.name.size() + 1),
                        constant ? " const" : "", operand.function);
  }
  return text;
}

std::string operand_count(const Interface& interface,
                          const std::vector<Interface::Operand>& operands, const char* kind) {
  std::string text;
  for (const auto& operand : operands) {
    const std::string suffix = operand.function.substr(interface.name.size() + 1);
    const std::string number =
        suffix.substr(suffix.find('_') == std::string::npos ? suffix.size() : suffix.find('_'));
    text += fmt::format("#define {}_{}{}_ELEMENTS {}\n", interface.macro, kind, number,
                        operand.elements);
  }
  return text;
}

constexpr const char* kHeader = R"(#ifndef {macro}_H_
#define {macro}_H_
/* Made by `stapes compile --target {target}`; changes will be lost.

     static {name}::Model model;        // {ram} bytes of RAM: arena {arena}, state {state}

     model.reset();{space}                  // before the first inference{forget}
     std::memcpy(model.{input}(), features, sizeof({input_type}) * {macro}_INPUT{first_input}_ELEMENTS);
     if (model.invoke()) {{
       const {output_type}* scores = model.{output}();  // {output_elements}: {output_description}
     }}

   The same in C:

     static {name}_model model;
     {name}_reset(&model);
     memcpy({name}_{input}(&model), features, sizeof({input_type}) * {macro}_INPUT{first_input}_ELEMENTS);
     if ({name}_invoke(&model)) scores = {name}_{output}(&model);

   Flash: {weights} bytes of weights and tables of the model, besides code and prepared parameters.
   No heap, no exceptions, no static constructors. One object per stream; not thread-safe. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define {macro}_ARENA_BYTES {arena}
{counts}
#ifdef __cplusplus
#define {macro}_ALIGN alignas(16)
extern "C" {{
#else
#define {macro}_ALIGN _Alignas(16)
#endif

{state_struct}typedef struct {name}_model {{
  {macro}_ALIGN uint8_t arena[{macro}_ARENA_BYTES];  /* tensors between operators */
{state_member}}} {name}_model;

/* Inputs share memory with everything else: set all of them before every {name}_invoke(). Outputs
   are valid until the next one. */
{declarations}
/* Forgets what the model has heard. Also needed before the first inference. */
void {name}_reset({name}_model* model);
/* False only where an operator is not defined for the values that it meets. */
bool {name}_invoke({name}_model* model);
/* Runs an input that comes with the model, and compares what the interpreter answered on the
   computer that compiled it. Leaves the model reset. */
bool {name}_self_test({name}_model* model);

#ifdef __cplusplus
}}  // extern "C"

namespace {name} {{

class Model {{
 public:
  void reset() {{ {name}_reset(&model_); }}
{inputs}  [[nodiscard]] bool invoke() {{ return {name}_invoke(&model_); }}
{outputs}  bool self_test() {{ return {name}_self_test(&model_); }}
{state_accessor}
 private:
  {name}_model model_;
}};

}}  // namespace {name}
#endif
#endif
)";

}  // namespace

std::string header_text(const Interface& interface) {
  using fmt::arg;
  const std::string& name = interface.name;
  const bool has_state = !interface.variables.empty();
  const auto& input = interface.inputs.front();
  const auto& output = interface.outputs.front();
  const auto short_name = [&](const Interface::Operand& operand) {
    return operand.function.substr(name.size() + 1);
  };
  return fmt::format(
      fmt::runtime(kHeader), arg("name", name), arg("macro", interface.macro),
      arg("target", interface.target), arg("arena", interface.arena_bytes),
      arg("state", interface.state_bytes), arg("weights", interface.weight_bytes),
      arg("ram", interface.arena_bytes + interface.state_bytes), arg("space", ""),
      arg("forget", has_state ? ", and to forget what was heard" : ""),
      arg("input", short_name(input)), arg("input_type", input.type),
      arg("first_input", interface.inputs.size() > 1 ? "_0" : ""),
      arg("output", short_name(output)), arg("output_type", output.type),
      arg("output_elements", output.elements), arg("output_description", output.description),
      arg("counts", operand_count(interface, interface.inputs, "INPUT") +
                        operand_count(interface, interface.outputs, "OUTPUT")),
      arg("state_struct", state_struct(interface)),
      arg("state_member", has_state ? fmt::format("  {}_state state;\n", name) : ""),
      arg("declarations", c_declarations(interface)),
      arg("inputs", accessors(interface, interface.inputs, false)),
      arg("outputs", accessors(interface, interface.outputs, true)),
      arg("state_accessor",
          has_state ? fmt::format("  {}_state& state() {{ return model_.state; }}\n", name) : ""));
}

}  // namespace stapes::codegen
