#include "toolkit/codegen/kernel_sources.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace stapes::codegen {
namespace {

constexpr std::string_view kRoot = "device/";
constexpr const char* kSelection = "device/kernels/kernels.h";

const EmbeddedFile* find(const std::string& path) {
  for (const EmbeddedFile& file : embedded_kernels()) {
    if (file.path == path) return &file;
  }
  return nullptr;
}

std::string with_replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string result;
  while (true) {
    const size_t at = text.find(from);
    result += text.substr(0, at);
    if (at == std::string_view::npos) return result;
    result += to;
    text.remove_prefix(at + from.size());
  }
}

// What the file includes of ours: "device/kernels/geometry.h".
std::vector<std::string> includes(std::string_view text) {
  constexpr std::string_view kInclude = "#include \"";
  std::vector<std::string> result;
  for (size_t at = text.find(kInclude); at != std::string_view::npos;
       at = text.find(kInclude, at + 1)) {
    const size_t begin = at + kInclude.size();
    result.emplace_back(text.substr(begin, text.find('"', begin) - begin));
  }
  return result;
}

// The sources behind a header: those of its name, except where one header declares what several
// define.
std::vector<std::string> implementations(const std::string& header) {
  if (header == "device/frontend/x86/avx2.h") {
    return {"device/frontend/x86/fft.cpp", "device/frontend/x86/loops.cpp"};
  }
  std::string source = header.substr(0, header.size() - 2) + ".cpp";
  if (find(source) == nullptr) return {};
  return {std::move(source)};
}

// kernels.h without the lines of kernels that are not used. Those of x86/ choose when the program
// runs, which is not what one compiles a model for.
std::string selection(const std::set<std::string>& kernels,
                      const std::set<std::string>& functions) {
  std::istringstream text(with_replaced(find(kSelection)->text, "defined(__x86_64__)", "0"));
  std::string result;
  for (std::string line; std::getline(text, line); result += line + "\n") {
    const std::string name = line.substr(line.find_last_of("/:") + 1);
    if (line.starts_with("#include")) {
      const std::string kernel = "reference/" + name.substr(0, name.find('.'));
      const bool is_for_pc = line.find("kernels/x86/") != std::string::npos;
      if (!kernels.contains(kernel) || is_for_pc) line.clear();
    } else if (line.starts_with("using ")) {
      const std::string declaration = line.substr(0, line.find(';'));
      if (!functions.contains("kernels::" + declaration.substr(declaration.rfind(':') + 1))) {
        line.clear();
      }
    }
  }
  return result;
}

}  // namespace

std::map<std::string, std::string> kernel_sources(const std::set<std::string>& kernels,
                                                  const std::set<std::string>& functions,
                                                  const std::set<std::string>& headers,
                                                  const std::string& name_space) {
  std::vector<std::string> open(headers.begin(), headers.end());
  const std::string chosen = selection(kernels, functions);
  if (std::any_of(functions.begin(), functions.end(),
                  [](const std::string& f) { return f.starts_with("kernels::"); })) {
    open.push_back(kSelection);
  }
  for (const std::string& kernel : kernels) open.push_back("device/kernels/" + kernel + ".h");
  std::map<std::string, std::string> sources;
  while (!open.empty()) {
    const std::string path = open.back();
    open.pop_back();
    const std::string target = path.substr(kRoot.size());
    if (sources.contains(target)) continue;
    const EmbeddedFile* file = find(path);
    if (file == nullptr) throw std::logic_error("no kernel source " + path);
    const std::string_view original = path == kSelection ? chosen : file->text;
    const std::string text =
        with_replaced(with_replaced(original, "namespace stapes", "namespace " + name_space),
                      " stapes::", " " + name_space + "::");
    sources[target] = with_replaced(text, "#include \"device/", "#include \"");
    for (const std::string& include : includes(original)) open.push_back(include);
    if (path.ends_with(".h")) {
      for (const std::string& source : implementations(path)) open.push_back(source);
    }
  }
  return sources;
}

}  // namespace stapes::codegen
