#include "toolkit/reporting/gnuplot.h"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "toolkit/base/error.h"
#include "toolkit/base/interrupt.h"

namespace stapes::reporting {
namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

// A file without a name: the child gets it as a descriptor, and nothing is left behind.
File nameless_file(const Path& picture) {
  File file(std::tmpfile());
  if (!file) throw Error("cannot draw", picture.string(), std::strerror(errno));
  return file;
}

std::string program() {
  const char* name = std::getenv("STAPES_GNUPLOT");
  return name != nullptr && *name != '\0' ? name : "gnuplot";
}

std::string terminal(const Path& file, int width, int height) {
  const std::string extension = file.extension().string();
  if (extension == ".png") {
    return fmt::format(
        "set terminal pngcairo noenhanced size {},{} font 'DejaVu Sans,11' "
        "linewidth 1.4\n",
        width, height);
  }
  if (extension == ".svg") {
    return fmt::format(
        "set terminal svg noenhanced size {},{} font 'DejaVu Sans,14' "
        "linewidth 1.4 background 'white'\n",
        width, height);
  }
  throw Error("cannot draw", file.string(), fmt::format("\"{}\" is no picture format", extension),
              "end the name with .png or .svg");
}

// The first line of what the program complained about that says something.
std::string first_complaint(std::FILE* file) {
  std::rewind(file);
  char line[512];
  while (std::fgets(line, sizeof line, file) != nullptr) {
    std::string text(line);
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    if (text.find_first_not_of(" ^\t") != std::string::npos && text.find("gnuplot>") != 0) {
      return text;
    }
  }
  return "gnuplot gave no reason";
}

void run(const std::string& script, const Path& picture) {
  const File input = nameless_file(picture);
  const File complaints = nameless_file(picture);
  if (std::fwrite(script.data(), 1, script.size(), input.get()) != script.size() ||
      std::fflush(input.get()) != 0) {
    throw Error("cannot draw", picture.string(), std::strerror(errno),
                "free some space in the folder for temporary files");
  }
  std::rewind(input.get());

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ::fileno(input.get()), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ::fileno(complaints.get()), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ::fileno(complaints.get()), STDERR_FILENO);
  std::string name = program();
  char* arguments[] = {name.data(), nullptr};
  pid_t child = 0;
  const int failure = ::posix_spawnp(&child, name.c_str(), &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) {
    throw Error("cannot draw", picture.string(),
                fmt::format("{} cannot be started ({})", name, std::strerror(failure)),
                "install it: apt-get install gnuplot-nox");
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (interrupted()) throw Interrupted();  // Ctrl-C has reached gnuplot too
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw Error("cannot draw", picture.string(), first_complaint(complaints.get()));
  }
}

// gnuplot reports no failed write: a full disk shows only in how the picture ends.
void require_complete(const Path& drawn, const Path& picture) {
  const std::string text = read_text_file(drawn);
  const std::string end = text.substr(text.size() - std::min<size_t>(text.size(), 16));
  if (end.find("IEND") == std::string::npos && end.find("</svg>") == std::string::npos) {
    throw Error("cannot draw", picture.string(), "the picture was not written to its end",
                "free some space and run the command again");
  }
}

}  // namespace

std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') result += '\'';
    result += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return result + "'";
}

void run_gnuplot(const std::string& commands, int width, int height, const Path& file) {
  const std::string start = "set encoding utf8\n" + terminal(file, width, height);
  write_through_temporary(file, [&](const Path& temporary) {
    run(start + "set output " + quoted(temporary.string()) + "\n" + commands + "\nunset output\n",
        file);
    std::error_code ignored;
    if (!std::filesystem::exists(temporary, ignored)) {
      throw Error("cannot draw", file.string(), "gnuplot wrote nothing");
    }
    require_complete(temporary, file);
  });
}

}  // namespace stapes::reporting
