#include "toolkit/profiling/board.h"

#include <fmt/format.h>
#include <unistd.h>

#include "device/graph/arena.h"
#include "device/graph/interpreter.h"
#include "toolkit/base/error.h"
#include "toolkit/profiling/elf.h"
#include "toolkit/profiling/measurement.h"

namespace stapes::profiling {
namespace {

// A folder of its own for the time of one run.
class RunFolder {
 public:
  RunFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "stapes-profile-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw Error("cannot make a folder for temporary files", name, "");
    }
    path_ = name;
  }
  ~RunFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;
  const Path& path() const { return path_; }

 private:
  Path path_;
};

// Whether the model needs operators that only the larger firmware has.
bool needs_float_kernels(const Bytes& model) {
  struct alignas(kArenaAlignment) Block {
    uint8_t bytes[kArenaAlignment];
  };
  const size_t size = Interpreter::workspace_bound(model.size());
  std::vector<Block> workspace(size / sizeof(Block) + 1);
  size_t bytes = 0;
  return !Interpreter::required_arena(model.data(), model.size(), integer_operators(), {},
                                      workspace.data(), size, &bytes)
              .ok();
}

}  // namespace

const std::vector<Board>& boards() {
  const auto arm = [](const char* target, const std::string& name, double cycles) {
    return Board{target, name, {"qemu-system-arm", "-machine", name}, "arm-none-eabi-g++", cycles};
  };
  static const std::vector<Board> list = {
      arm("cortex-m0plus", "mps2-an385", 1.4),
      arm("cortex-m4", "mps2-an386", 1.35),
      arm("cortex-m55", "mps3-an547", 1.5),
      {"riscv32",
       "virt-rv32",
       {"qemu-system-riscv32", "-machine", "virt", "-bios", "none"},
       "riscv64-unknown-elf-g++",
       1.3}};
  return list;
}

std::vector<std::string> board_targets() {
  std::vector<std::string> targets;
  for (const Board& board : boards()) targets.push_back(board.target);
  return targets;
}

const Board* find_board(const std::string& target) {
  for (const Board& board : boards()) {
    if (board.target == target) return &board;
  }
  return nullptr;
}

Measurement measure_on_board(const Board& board, const std::string& app, const Bytes& model,
                             const graph::Graph& graph, const Bytes& input, Path* program) {
  const Path firmware = firmware_of(board, needs_float_kernels(model) ? app + "_float" : app);
  const RunFolder folder;
  write_file(folder.path() / "model.tflite", model);
  std::vector<std::string> words = {"model.tflite"};
  if (!input.empty()) {
    write_file(folder.path() / "input.bin", input);
    words.emplace_back("input.bin");
  }
  Measurement measured = parse_measurement(run_on_board(board, firmware, words, folder.path()),
                                           firmware.filename().string());
  if (measured.operators.size() != graph.operators.size()) {
    throw Error("cannot profile", firmware.filename().string(),
                fmt::format("it ran {} operators of {}", measured.operators.size(),
                            graph.operators.size()));
  }
  *program = firmware;
  return measured;
}

Profile profile_on_board(const Board& board, const Bytes& model, const graph::Graph& graph,
                         const std::string& name, const Bytes& input) {
  Path firmware;
  const Measurement measured = measure_on_board(board, "profile", model, graph, input, &firmware);
  const graph::Statistics statistics = graph::count_operations(graph);
  Profile profile;
  profile.name = name;
  profile.target = board.target;
  profile.board = board.name;
  profile.firmware = firmware.filename().string();
  profile.total = statistics.total;
  for (size_t i = 0; i < measured.operators.size(); ++i) {
    OperatorProfile op;
    op.index = static_cast<int32_t>(i);
    op.counts = statistics.operators[i];
    op.instructions = measured.operators[i].instructions;
    op.live_bytes = measured.operators[i].live_bytes;
    profile.operators.push_back(op);
  }
  profile.model_bytes = static_cast<int64_t>(model.size());
  profile.arena_bytes = measured.value("arena_bytes");
  profile.state_bytes = measured.value("state_bytes");
  profile.persistent_bytes = measured.value("persistent_bytes");
  profile.activation_bytes = measured.value("activation_bytes");
  profile.activation_lower_bound = measured.value("activation_lower_bound");
  profile.stack_bytes = measured.value("stack_bytes");
  profile.instructions = measured.value("instructions");
  profile.initialize_instructions = measured.value("initialize_instructions");
  profile.counter_granularity = measured.value("counter_granularity");
  profile.cycles_per_instruction = board.cycles_per_instruction;
  profile.flash = flash_sections(read_file(firmware), firmware.string());
  for (const FlashSection& section : profile.flash) profile.code_bytes += section.bytes;
  return profile;
}

}  // namespace stapes::profiling
