#pragma once
#include <string>

// Numbers with units as engineers write them.
namespace stapes::profiling {

// "256k" -> 262144, "1.5M", "4096", "64kB": bytes, k = 1024, as flash and RAM are sold.
// `name` is for the UsageError thrown for anything else.
int64_t parse_bytes(const std::string& text, const std::string& name);
// "78MHz", "78M", "32000000", "400 kHz": Hz, k = 1000; above 0.
double parse_hertz(const std::string& text, const std::string& name);

// 1234567 -> "1.23M": three digits, powers of 1000 (counts, Hz).
std::string count_text(double value);
// 268288 -> "262.0k": powers of 1024, one decimal; below 1024 the number itself.
std::string bytes_text(double bytes);
// 0.0123 -> "12.3 ms"
std::string time_text(double seconds);

}  // namespace stapes::profiling
