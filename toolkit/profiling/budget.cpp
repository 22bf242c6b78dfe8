#include "toolkit/profiling/budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "toolkit/base/error.h"
#include "toolkit/profiling/units.h"

namespace stapes::profiling {
namespace {

double parse_milliseconds(const std::string& text) {
  double value = 0.0;
  const char* const end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc() || rest != end || !(value > 0.0)) {
    throw UsageError(fmt::format("the budget's ms is \"{}\"; write it like 50", text));
  }
  return value;
}

// Weights and other constants of an operator in the model's file.
double constant_bytes(const graph::Graph& model, const OperatorProfile& op) {
  size_t bytes = 0;
  for (const int32_t input : model.operators[static_cast<size_t>(op.index)].inputs) {
    if (input >= 0) bytes += model.tensors[static_cast<size_t>(input)].data.size();
  }
  return static_cast<double>(bytes);
}

// The operators that have most of something, at most three.
template <typename Amount>
std::string largest(const Profile& profile, const graph::Graph& model, Amount&& amount,
                    std::string (*text)(double)) {
  std::vector<OperatorProfile> sorted = profile.operators;
  const size_t count = std::min<size_t>(3, sorted.size());
  std::partial_sort(sorted.begin(), sorted.begin() + static_cast<ptrdiff_t>(count), sorted.end(),
                    [&](const OperatorProfile& a, const OperatorProfile& b) {
                      return amount(a) != amount(b) ? amount(a) > amount(b) : a.index < b.index;
                    });
  std::string list;
  for (size_t i = 0; i < count; ++i) {
    const OperatorProfile& op = sorted[i];
    list += fmt::format("{}{} {} {}", i == 0 ? "" : ", ", op.index,
                        model.operators[static_cast<size_t>(op.index)].name(), text(amount(op)));
  }
  return list;
}

}  // namespace

Budget parse_budget(const std::string& text) {
  Budget budget;
  std::string rest = text;
  while (!rest.empty()) {
    const size_t comma = rest.find(',');
    const std::string item = rest.substr(0, comma);
    rest = comma == std::string::npos ? "" : rest.substr(comma + 1);
    const size_t equals = item.find('=');
    const std::string key = item.substr(0, equals);
    const std::string value = equals == std::string::npos ? "" : item.substr(equals + 1);
    if (key == "flash") {
      budget.flash_bytes = parse_bytes(value, "the budget's flash");
    } else if (key == "ram") {
      budget.ram_bytes = parse_bytes(value, "the budget's ram");
    } else if (key == "ms") {
      budget.milliseconds = parse_milliseconds(value);
    } else {
      throw UsageError(
          fmt::format("the budget has no \"{}\"; write it like flash=256k,ram=64k,ms=50", item));
    }
  }
  if (!budget.flash_bytes && !budget.ram_bytes && !budget.milliseconds) {
    throw UsageError("the budget is empty; write it like flash=256k,ram=64k,ms=50");
  }
  return budget;
}

std::vector<std::string> exceeded(const Budget& budget, const Profile& profile,
                                  const graph::Graph& model) {
  std::vector<std::string> lines;
  if (budget.flash_bytes && profile.flash_bytes() > *budget.flash_bytes) {
    lines.push_back(fmt::format(
        "flash: {} of {} bytes (model {}, program {}); most weights are in {}",
        profile.flash_bytes(), *budget.flash_bytes, profile.model_bytes, profile.code_bytes,
        largest(
            profile, model, [&](const OperatorProfile& op) { return constant_bytes(model, op); },
            bytes_text)));
  }
  if (budget.ram_bytes && profile.ram_bytes() > *budget.ram_bytes) {
    lines.push_back(fmt::format(
        "ram: {} of {} bytes (arena {}, stack {}); most is live in {}", profile.ram_bytes(),
        *budget.ram_bytes, profile.arena_bytes, profile.stack_bytes,
        largest(
            profile, model,
            [](const OperatorProfile& op) { return static_cast<double>(op.live_bytes); },
            bytes_text)));
  }
  if (budget.milliseconds && profile.seconds() * 1e3 > *budget.milliseconds) {
    lines.push_back(fmt::format(
        "ms: {:.3g} of {:.3g}{}; most goes into {}", profile.seconds() * 1e3, *budget.milliseconds,
        profile.on_board() ? " (estimated)" : "",
        largest(
            profile, model, [&](const OperatorProfile& op) { return profile.seconds_of(op); },
            time_text)));
  }
  return lines;
}

}  // namespace stapes::profiling
