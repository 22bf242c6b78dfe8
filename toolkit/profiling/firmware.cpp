// Finds, builds and runs the firmware (declared in board.h).
#include <fmt/format.h>

#include <cstdlib>

#include "toolkit/base/error.h"
#include "toolkit/base/process.h"
#include "toolkit/profiling/board.h"

namespace stapes::profiling {
namespace {

constexpr const char* kInstall = "install it: scripts/install_packages firmware";

// The folder with firmware/CMakeLists.txt above a folder; empty when there is none.
Path source_tree_above(Path folder) {
  std::error_code ignored;
  while (true) {
    if (std::filesystem::exists(folder / "firmware/CMakeLists.txt", ignored)) return folder;
    if (!folder.has_parent_path() || folder == folder.parent_path()) return "";
    folder = folder.parent_path();
  }
}

Path source_tree() {
  std::error_code ignored;
  const Path own = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  const Path tree = source_tree_above(own);
  return tree.empty() ? source_tree_above(std::filesystem::current_path(ignored)) : tree;
}

void build(const Board& board, const std::string& app, const Path& tree, const Path& folder) {
  for (const std::string& tool : {board.compiler, std::string("cmake")}) {
    if (find_program(tool).empty()) {
      throw Error("cannot build the firmware", folder.string(), fmt::format("{} is missing", tool),
                  kInstall);
    }
  }
  fmt::print(stderr, "building the firmware for {} ...\n", board.name);
  constexpr double kSeconds = 1800;
  const std::vector<std::vector<std::string>> steps = {
      {"cmake", "--preset", board.name, "-B", folder.string()},
      {"cmake", "--build", folder.string(), "--target", app}};
  for (const auto& step : steps) {
    const ProcessResult result = run_process(step, tree / "firmware", kSeconds);
    if (result.exit_code == 0) continue;
    const size_t shown = std::min<size_t>(result.output.size(), 600);
    throw Error("cannot build the firmware", folder.string(),
                result.output.substr(result.output.size() - shown));
  }
}

// Words of -semihosting-config are separated by commas; a comma in a word is doubled.
std::string semihosting_word(const std::string& word) {
  std::string text;
  for (const char c : word) text += c == ',' ? std::string(",,") : std::string(1, c);
  return text;
}

}  // namespace

Path firmware_of(const Board& board, const std::string& app) {
  const Path tree = source_tree();
  const char* given = std::getenv("STAPES_FIRMWARE_BUILD");
  Path folder = given != nullptr && *given != '\0' ? Path(given)
                : tree.empty()                     ? Path()
                                                   : tree / "build/firmware";
  if (folder.empty()) {
    throw Error("cannot find the firmware", board.name,
                "neither this program nor the current folder lies in Stapes' source tree",
                "name the folder of the built firmware in STAPES_FIRMWARE_BUILD");
  }
  folder = std::filesystem::absolute(folder / board.name);
  Path program = folder / (app + ".elf");
  if (std::filesystem::exists(program)) return program;
  if (tree.empty()) {
    throw Error("cannot find the firmware", program.string(), "it is not there",
                "build it: (cd firmware && cmake --preset " + board.name +
                    " && cmake --build --preset " + board.name + ")");
  }
  build(board, app, tree, folder);
  return program;
}

std::string run_on_board(const Board& board, const Path& firmware,
                         const std::vector<std::string>& words, const Path& folder) {
  const std::string& qemu = board.emulator.front();
  if (find_program(qemu).empty()) {
    throw Error("cannot run the firmware", board.name, qemu + " is missing", kInstall);
  }
  std::string config = "enable=on,target=native,arg=" + firmware.stem().string();
  for (const std::string& word : words) config += ",arg=" + semihosting_word(word);
  constexpr double kSeconds = 600;
  std::vector<std::string> command = board.emulator;
  for (const char* word : {"-icount", "shift=0", "-display", "none", "-monitor", "none", "-serial",
                           "null", "-semihosting-config"}) {
    command.emplace_back(word);
  }
  command.insert(command.end(), {config, "-kernel", firmware.string()});
  return run_process(command, folder, kSeconds).output;
}

}  // namespace stapes::profiling
