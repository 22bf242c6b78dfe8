#include "toolkit/codegen/target.h"

#include "toolkit/base/error.h"
#include "toolkit/base/nearest.h"

namespace stapes::codegen {
namespace {

constexpr std::string_view kArm = "arm-none-eabi-";

const Target kTargets[] = {
    {"host", "", "", false},
    {"cortex-m0plus", kArm, "-mcpu=cortex-m0plus -mthumb", false},
    {"cortex-m3", kArm, "-mcpu=cortex-m3 -mthumb", false},
    {"cortex-m4", kArm, "-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16", true},
    {"cortex-m7", kArm, "-mcpu=cortex-m7 -mthumb -mfloat-abi=hard -mfpu=fpv5-sp-d16", true},
    {"cortex-m33", kArm, "-mcpu=cortex-m33 -mthumb -mfloat-abi=hard -mfpu=fpv5-sp-d16", true},
    {"cortex-m55", kArm, "-mcpu=cortex-m55 -mthumb -mfloat-abi=hard", true},
    {"cortex-m85", kArm, "-mcpu=cortex-m85 -mthumb -mfloat-abi=hard", true},
    {"riscv32", "riscv64-unknown-elf-", "-march=rv32imac -mabi=ilp32", false},
};

}  // namespace

const Target& find_target(const std::string& name) {
  for (const Target& target : kTargets) {
    if (target.name == name) return target;
  }
  throw UsageError("there is no target \"" + name + "\"; " + suggestion(name, target_names()));
}

std::vector<std::string> target_names() {
  std::vector<std::string> names;
  for (const Target& target : kTargets) names.emplace_back(target.name);
  return names;
}

}  // namespace stapes::codegen
