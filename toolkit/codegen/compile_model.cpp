#include "toolkit/codegen/compile_model.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "toolkit/base/error.h"
#include "toolkit/codegen/kernel_sources.h"
#include "toolkit/codegen/operators.h"
#include "toolkit/codegen/quantized_input.h"
#include "toolkit/codegen/sources.h"
#include "toolkit/codegen/spotter_text.h"

namespace stapes::codegen {
namespace {

Interface::Operand describe(CallWriter& calls, int32_t index, const std::string& function) {
  const graph::Tensor& tensor = calls.model().tensor(index);
  Interface::Operand operand;
  operand.function = function;
  operand.type = type_name(tensor.type);
  operand.pointer = calls.tensor(index);
  operand.element_bytes = graph::size_of(tensor.type);
  operand.elements = calls.model().bytes_of(index) / operand.element_bytes;
  operand.description = graph::shape_text(tensor.shape);
  if (tensor.quantization.scale.size() == 1) {
    operand.description += fmt::format(", real = {} * (stored - {})", tensor.quantization.scale[0],
                                       tensor.quantization.zero_point.at(0));
  }
  return operand;
}

std::vector<Interface::Operand> describe_all(CallWriter& calls, const std::vector<int32_t>& tensors,
                                             const std::string& function) {
  std::vector<Interface::Operand> operands;
  for (size_t i = 0; i < tensors.size(); ++i) {
    const std::string suffix = tensors.size() > 1 ? fmt::format("_{}", i) : "";
    operands.push_back(describe(calls, tensors[i], function + suffix));
  }
  return operands;
}

std::vector<Interface::Variable> describe_state(const CallWriter& calls) {
  std::vector<Interface::Variable> variables;
  const PlannedModel& model = calls.model();
  for (int32_t i = 0; i < model.interpreter().tensors(); ++i) {
    const TensorView view = model.interpreter().tensor(i);
    if (!view.is_variable) continue;
    // As Interpreter::reset(): the stored value of real 0.
    variables.push_back({calls.state_field(i), type_name(view.type),
                         view.bytes / graph::size_of(view.type),
                         view.type == TensorType::kInt8 ? view.zero_point : 0});
  }
  return variables;
}

bool is_name(const std::string& name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && name[0] >= 'a' && name[0] <= 'z' &&
         std::all_of(name.begin(), name.end(), fits);
}

std::string in_capitals(std::string name) {
  for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

}  // namespace

CompiledModel compile_model(const graph::Graph& whole, const std::string& name,
                            const Target& target, bool spotter) {
  if (!is_name(name)) {
    throw UsageError(
        "a compiled model's name consists of a-z, 0-9 and _, and starts with a letter");
  }
  graph::Graph graph = whole;
  const bool spotter_quantizes = spotter && take_quantize_away(graph);
  const PlannedModel model(graph, compilable_operators());
  const std::string kernel_namespace = name + "_kernels";
  CallWriter calls(model, target, kernel_namespace);
  for (int32_t i = 0; i < model.interpreter().operators(); ++i) {
    calls.begin(i);
    write_operator(model.interpreter().prepared_operator(i).kernel, calls);
  }

  Interface interface;
  interface.name = name;
  interface.macro = in_capitals(name);
  interface.target = target.name;
  interface.arena_bytes = model.arena_bytes();
  interface.inputs = describe_all(calls, graph.inputs, name + "_input");
  interface.outputs = describe_all(calls, graph.outputs, name + "_output");
  interface.variables = describe_state(calls);
  for (const Interface::Variable& variable : interface.variables) {
    interface.state_bytes += variable.elements * (variable.type == "int8_t"    ? 1
                                                  : variable.type == "int16_t" ? 2
                                                                               : 4);
  }
  for (const StoredTensor& tensor : calls.stored_tensors()) {
    interface.weight_bytes += tensor.data.size();
  }

  CompiledModel result;
  result.name = name;
  std::set<std::string> headers;
  std::set<std::string> kernels = calls.kernels();
  std::set<std::string> functions = calls.functions();
  std::vector<std::string> sources = {name + ".cpp", name + "_weights.cpp",
                                      name + "_self_test.cpp"};
  std::optional<SpotterText> listener;
  if (spotter) {
    listener = spotter_text(interface, graph, spotter_quantizes, kernel_namespace);
    headers.insert("device/spotter/spotter.h");
    kernels.insert(listener->kernels.begin(), listener->kernels.end());
    functions.insert(listener->functions.begin(), listener->functions.end());
    sources.push_back(name + "_spotter.cpp");
    result.spotter_bytes = listener->bytes;
  }
  result.files = kernel_sources(kernels, functions, headers, kernel_namespace);
  for (const auto& [path, text] : result.files) {
    if (path.ends_with(".cpp")) sources.push_back(path);
  }
  if (listener) {
    result.files[name + "_spotter.h"] = listener->header;
    result.files[name + "_spotter.cpp"] = listener->source;
  }
  result.files[name + ".h"] = header_text(interface);
  result.files[name + ".cpp"] =
      source_text(interface, calls, result.files.contains("kernels/kernels.h"));
  result.files[name + "_weights.h"] = weights_header_text(interface, calls);
  result.files[name + "_weights.cpp"] = weights_source_text(interface, calls);
  result.files[name + "_self_test.cpp"] = self_test_text(interface, make_golden(graph));
  result.files["self_test_main.c"] = self_test_main_text(interface);
  result.files["CMakeLists.txt"] = cmake_text(interface, sources);
  if (!target.compiler.empty()) result.files["toolchain.cmake"] = toolchain_text(target);
  result.arena_bytes = interface.arena_bytes;
  result.state_bytes = interface.state_bytes;
  result.weight_bytes = interface.weight_bytes;
  return result;
}

void write_compiled_model(const CompiledModel& model, const Path& folder) {
  for (const auto& [path, text] : model.files) write_text_file(folder / path, text);
}

std::string identifier_of(const std::string& stem) {
  std::string name;
  for (const char c : stem) {
    const auto letter = static_cast<unsigned char>(c);
    name += std::isalnum(letter) != 0 ? static_cast<char>(std::tolower(letter)) : '_';
  }
  // Names that are words of the language, or that the standard library has taken.
  constexpr std::array kTaken = {"auto",    "bool",   "case",   "char",    "class",  "const",
                                 "default", "delete", "double", "export",  "float",  "int",
                                 "long",    "main",   "new",    "private", "public", "short",
                                 "signed",  "static", "std",    "struct",  "switch", "this",
                                 "union",   "using",  "void",   "volatile"};
  const bool taken = std::find(kTaken.begin(), kTaken.end(), name) != kTaken.end();
  if (taken || !is_name(name)) name = "model_" + name;
  return name;
}

}  // namespace stapes::codegen
