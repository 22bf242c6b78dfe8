#include "toolkit/base/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <cstdio>
#include <utility>

namespace stapes {
namespace {

using Clock = std::chrono::steady_clock;

// In a log: work that takes less than this leaves no line.
constexpr double kSecondsBetweenLines = 2.0;

std::atomic<int> living{0};

double seconds_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

std::string duration_text(double seconds) {
  const long whole = std::lround(seconds);
  if (whole >= 3600)
    return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

}  // namespace

Progress::Progress(std::string title, size_t total, std::string unit)
    : title_(std::move(title)),
      unit_(std::move(unit)),
      total_(total),
      terminal_(::isatty(STDERR_FILENO) == 1),
      silent_(living++ > 0),
      start_(Clock::now()),
      shown_(start_) {}

Progress::~Progress() {
  const std::lock_guard lock(mutex_);
  const bool worth_a_line =
      terminal_ || seconds_between(start_, Clock::now()) >= kSecondsBetweenLines;
  if (!ended_ && worth_a_line) show(true);
  --living;
}

void Progress::advance(size_t by) {
  const std::lock_guard lock(mutex_);
  done_ += by;
  const Clock::time_point now = Clock::now();
  if (terminal_) {
    if (seconds_between(shown_, now) >= 0.1 || done_ >= total_) {
      shown_ = now;
      show(false);
    }
  } else if (done_ * 10 / total_ > tenths_shown_ && done_ < total_) {
    tenths_shown_ = done_ * 10 / total_;
    if (seconds_between(shown_, now) >= kSecondsBetweenLines) {
      shown_ = now;
      show(false);
    }
  }
}

void Progress::set_note(std::string note) {
  const std::lock_guard lock(mutex_);
  note_ = std::move(note);
}

void Progress::show(bool last) {
  if (silent_) return;
  const double seconds = seconds_between(start_, Clock::now());
  const double rate = seconds > 0 ? static_cast<double>(done_) / seconds : 0;
  std::string line = fmt::format("{}: {}/{} {}", title_, done_, total_, unit_);
  if (rate > 0) line += fmt::format(", {:.{}f}/s", rate, rate < 10 ? 1 : 0);
  if (last) {
    line += fmt::format(", {} in all", duration_text(seconds));
  } else if (rate > 0 && done_ < total_) {
    line += fmt::format(", {} left", duration_text(static_cast<double>(total_ - done_) / rate));
  }
  if (!note_.empty()) line += ", " + note_;
  if (terminal_) {
    std::fprintf(stderr, "\r%s\033[K", line.c_str());
    if (last) std::fputc('\n', stderr);
  } else {
    std::fprintf(stderr, "%s\n", line.c_str());
  }
  std::fflush(stderr);
  if (last) ended_ = true;
}

}  // namespace stapes
