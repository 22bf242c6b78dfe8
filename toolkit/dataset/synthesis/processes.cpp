#include "toolkit/dataset/synthesis/processes.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <vector>

#include "toolkit/base/error.h"
#include "toolkit/base/interrupt.h"
#include "toolkit/base/parallel.h"

namespace stapes::dataset {
namespace {

constexpr char kFailure = '!';  // begins a line with an error's text
constexpr char kResult = ' ';   // begins a reported line

struct Child {
  pid_t process = -1;
  int pipe = -1;
  size_t unit = 0;
  std::string received;  // not yet a whole line
};

bool write_line(int file, char kind, const std::string& line) {
  std::string text = kind + line + "\n";
  if (kind == kFailure) std::replace(text.begin(), text.end() - 1, '\n', ' ');
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = ::write(file, text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    done += static_cast<size_t>(n);
  }
  return true;
}

// Ends the process without running what the parent registered to run at its end.
[[noreturn]] void run_child(int pipe, size_t unit,
                            const std::function<void(size_t, const Report&)>& work) {
  // Ctrl-C reaches every process of the terminal: the parent decides, and asks once by SIGTERM.
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGTERM, [](int) { request_interrupt(); });
  std::signal(SIGPIPE, SIG_IGN);
  int code = 0;
  try {
    work(unit, [pipe](const std::string& line) {
      if (!write_line(pipe, kResult, line)) throw Interrupted();  // the parent is gone
    });
  } catch (const Interrupted&) {
    code = 130;
  } catch (const std::exception& error) {
    write_line(pipe, kFailure, error.what());
    code = 1;
  }
  ::_exit(code);
}

class Crew {
 public:
  Crew(const std::function<void(size_t, const Report&)>& work,
       const std::function<void(size_t, const std::string&)>& on_line)
      : work_(work), on_line_(on_line) {}
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  ~Crew() {
    stop();
    while (!children_.empty()) end(children_.size() - 1);
  }

  size_t size() const { return children_.size(); }
  const std::string& failure() const { return failure_; }

  void start(size_t unit) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) {
      throw Error("cannot start a process", "", std::strerror(errno), "close other programs");
    }
    std::fflush(nullptr);
    const pid_t process = ::fork();
    if (process < 0) {
      const int code = errno;
      ::close(ends[0]);
      ::close(ends[1]);
      throw Error("cannot start a process", "", std::strerror(code), "close other programs");
    }
    if (process == 0) {
      ::close(ends[0]);
      for (const Child& other : children_) ::close(other.pipe);
      run_child(ends[1], unit, work_);
    }
    ::close(ends[1]);
    children_.push_back({process, ends[0], unit, ""});
  }

  // Waits a moment for lines; takes those that came and the children that ended.
  void attend() {
    std::vector<pollfd> files;
    for (const Child& child : children_) files.push_back({child.pipe, POLLIN, 0});
    if (::poll(files.data(), files.size(), 200) <= 0) return;
    for (size_t i = children_.size(); i-- > 0;) {
      if (files[i].revents == 0) continue;
      if (!read_some(children_[i])) end(i);
    }
  }

  void stop() {
    for (const Child& child : children_) ::kill(child.process, SIGTERM);
  }

 private:
  // False at the end of the pipe.
  bool read_some(Child& child) {
    std::array<char, 4096> block{};
    const ssize_t n = ::read(child.pipe, block.data(), block.size());
    if (n < 0 && errno == EINTR) return true;
    if (n <= 0) return false;
    child.received.append(block.data(), static_cast<size_t>(n));
    for (size_t end = 0; (end = child.received.find('\n')) != std::string::npos;) {
      const std::string line = child.received.substr(1, end - 1);
      const char kind = child.received[0];
      child.received.erase(0, end + 1);
      if (kind == kResult) on_line_(child.unit, line);
      if (kind == kFailure && failure_.empty()) failure_ = line;
    }
    return true;
  }

  void end(size_t i) {
    const Child child = children_[i];
    children_.erase(children_.begin() + static_cast<std::ptrdiff_t>(i));
    ::close(child.pipe);
    int status = 0;
    while (::waitpid(child.process, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(status) && WTERMSIG(status) != SIGTERM && failure_.empty()) {
      failure_ = std::string("a working process ended: ") + strsignal(WTERMSIG(status));
    }
  }

  const std::function<void(size_t, const Report&)>& work_;
  const std::function<void(size_t, const std::string&)>& on_line_;
  std::vector<Child> children_;
  std::string failure_;
};

// An error's text as it came from the child, which is already a whole sentence.
class ChildError : public Error {
 public:
  explicit ChildError(const std::string& text) : Error(text, "", "") {}
};

}  // namespace

void run_in_processes(size_t count, int processes,
                      const std::function<void(size_t, const Report&)>& work,
                      const std::function<void(size_t, const std::string&)>& on_line) {
  const auto most = static_cast<size_t>(processes > 0 ? processes : available_cores());
  Crew crew(work, on_line);
  bool stopping = false;
  for (size_t next = 0; next < count || crew.size() > 0;) {
    if (!stopping && (interrupted() || !crew.failure().empty())) {
      stopping = true;
      crew.stop();
    }
    while (!stopping && next < count && crew.size() < most) crew.start(next++);
    if (crew.size() == 0) break;
    crew.attend();
  }
  if (!crew.failure().empty()) throw ChildError(crew.failure());
  if (interrupted()) throw Interrupted();
}

}  // namespace stapes::dataset
