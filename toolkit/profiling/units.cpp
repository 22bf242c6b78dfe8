#include "toolkit/profiling/units.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdint>

#include "toolkit/base/error.h"

namespace stapes::profiling {
namespace {

// The number at the beginning, times base^1, ^2 or ^3 for k, M or G after it; `unit` may follow.
double parse(const std::string& text, double base, const std::string& unit, const std::string& name,
             const char* example) {
  const UsageError wrong(fmt::format("{} is \"{}\"; write it like {}", name, text, example));
  double value = 0.0;
  const char* const end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc() || !std::isfinite(value) || value < 0.0) throw wrong;
  std::string suffix(rest, end);
  if (suffix.starts_with(' ')) suffix.erase(0, 1);
  if (!suffix.empty()) {
    const size_t power = std::string("kMG").find(suffix[0] == 'K' ? 'k' : suffix[0]);
    if (power != std::string::npos) {
      value *= std::pow(base, static_cast<double>(power + 1));
      suffix.erase(0, 1);
    }
  }
  if (!suffix.empty() && suffix != unit) throw wrong;
  return value;
}

std::string three_digits(double value) {
  const int decimals = value >= 100.0 ? 0 : value >= 10.0 ? 1 : 2;
  return fmt::format("{:.{}f}", value, decimals);
}

}  // namespace

int64_t parse_bytes(const std::string& text, const std::string& name) {
  const double bytes = parse(text, 1024.0, "B", name, "256k");
  if (bytes > 1e15) throw UsageError(fmt::format("{} is \"{}\", which is too large", name, text));
  return static_cast<int64_t>(bytes);
}

double parse_hertz(const std::string& text, const std::string& name) {
  const double hertz = parse(text, 1000.0, "Hz", name, "78MHz");
  if (hertz <= 0.0) throw UsageError(name + " must be above 0");
  return hertz;
}

std::string count_text(double value) {
  static constexpr const char* kUnits[] = {"", "k", "M", "G", "T"};
  if (value < 1000.0) return fmt::format("{:.{}f}", value, value == std::floor(value) ? 0 : 2);
  size_t unit = 0;
  while (value >= 999.5 && unit < 4) {
    value /= 1000.0;
    ++unit;
  }
  return three_digits(value) + kUnits[unit];
}

std::string bytes_text(double bytes) {
  if (bytes < 1024.0) return fmt::format("{:.0f}", bytes);
  if (bytes < 1024.0 * 1024.0) return fmt::format("{:.1f}k", bytes / 1024.0);
  return fmt::format("{:.2f}M", bytes / (1024.0 * 1024.0));
}

std::string time_text(double seconds) {
  if (seconds >= 1.0) return three_digits(seconds) + " s";
  if (seconds >= 1e-3) return three_digits(seconds * 1e3) + " ms";
  return three_digits(seconds * 1e6) + " us";
}

}  // namespace stapes::profiling
