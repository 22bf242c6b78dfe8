#include "toolkit/codegen/kernel_sources.h"

#include <stdexcept>
#include <vector>

namespace stapes::codegen {
namespace {

constexpr std::string_view kRoot = "device/";

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

}  // namespace

std::map<std::string, std::string> kernel_sources(const std::set<std::string>& kernels,
                                                  const std::string& name_space) {
  std::vector<std::string> open;
  for (const std::string& kernel : kernels) open.push_back("device/kernels/" + kernel + ".h");
  std::map<std::string, std::string> sources;
  while (!open.empty()) {
    const std::string path = open.back();
    open.pop_back();
    const std::string target = path.substr(kRoot.size());
    if (sources.contains(target)) continue;
    const EmbeddedFile* file = find(path);
    if (file == nullptr) throw std::logic_error("no kernel source " + path);
    std::string text = with_replaced(file->text, "namespace stapes", "namespace " + name_space);
    sources[target] = with_replaced(text, "#include \"device/", "#include \"");
    for (const std::string& include : includes(file->text)) open.push_back(include);
    if (path.ends_with(".h")) {
      const std::string implementation = path.substr(0, path.size() - 2) + ".cpp";
      if (find(implementation) != nullptr) open.push_back(implementation);
    }
  }
  return sources;
}

}  // namespace stapes::codegen
