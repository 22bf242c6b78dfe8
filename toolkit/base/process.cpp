#include "toolkit/base/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "toolkit/base/error.h"
#include "toolkit/base/interrupt.h"

namespace stapes {
namespace {

// The reading end of a child's output; a child that is still there at the end is killed.
struct Child {
  pid_t process = -1;
  int output = -1;

  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (output >= 0) ::close(output);
    if (process < 0) return;
    ::kill(process, SIGKILL);
    wait();
  }
  int wait() {
    int status = 0;
    while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    process = -1;
    return status;
  }
};

void start(const std::vector<std::string>& words, const Path& folder, Child& child) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    throw Error("cannot start", words[0], std::strerror(errno));
  }
  child.output = ends[0];
  std::vector<std::string> copies = words;
  std::vector<char*> arguments;
  for (std::string& word : copies) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  if (!folder.empty()) posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  const int failure =
      ::posix_spawnp(&child.process, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  if (failure != 0) {
    child.process = -1;
    throw Error("cannot start", words[0], std::strerror(failure));
  }
}

}  // namespace

ProcessResult run_process(const std::vector<std::string>& words, const Path& folder,
                          double limit_seconds) {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  Child child;
  start(words, folder, child);
  ProcessResult result;
  char piece[4096];
  while (true) {
    if (interrupted()) throw Interrupted();
    if (std::chrono::duration<double>(Clock::now() - begin).count() > limit_seconds) {
      throw Error("cannot wait for", words[0],
                  fmt::format("it has not ended after {:.0f} seconds", limit_seconds));
    }
    pollfd waiting = {child.output, POLLIN, 0};
    constexpr int kMilliseconds = 100;
    if (::poll(&waiting, 1, kMilliseconds) <= 0) continue;
    const ssize_t count = ::read(child.output, piece, sizeof piece);
    if (count > 0) {
      result.output.append(piece, static_cast<size_t>(count));
    } else if (count == 0 || errno != EINTR) {
      break;
    }
  }
  const int status = child.wait();
  if (interrupted()) throw Interrupted();
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

Path find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return ::access(name.c_str(), X_OK) == 0 ? name : "";
  const char* folders = std::getenv("PATH");
  std::string rest = folders == nullptr ? "/usr/bin:/bin" : folders;
  while (!rest.empty()) {
    const size_t end = rest.find(':');
    Path candidate = Path(rest.substr(0, end)) / name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    rest = end == std::string::npos ? "" : rest.substr(end + 1);
  }
  return "";
}

}  // namespace stapes
