#pragma once
#include <chrono>
#include <mutex>
#include <string>

namespace stapes {

// Shows long work on standard error: on a terminal one line that is redrawn with rate and time
// left, otherwise plain lines, at most one every tenth of the way and every two seconds.
// Thread-safe. The destructor ends the line. There is one line to redraw: while a Progress lives,
// others (those of the steps that its work consists of) show nothing.
class Progress {
 public:
  // `unit` is plural: "clips". REQUIRES: total > 0
  Progress(std::string title, size_t total, std::string unit);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void advance(size_t by = 1);
  void set_note(std::string note);  // shown behind the figures, e.g. "loss 0.532"

 private:
  void show(bool last);

  std::string title_;
  std::string unit_;
  std::string note_;
  size_t total_;
  size_t done_ = 0;
  size_t tenths_shown_ = 0;
  bool terminal_;
  bool silent_;
  bool ended_ = false;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point shown_;
  std::mutex mutex_;
};

}  // namespace stapes
