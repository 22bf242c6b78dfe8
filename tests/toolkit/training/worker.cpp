#include "tests/toolkit/training/worker.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "tests/toolkit/training/hooked_source.h"
#include "tests/toolkit/training/small_training.h"
#include "toolkit/base/error.h"
#include "toolkit/base/interrupt.h"

namespace stapes::training {
namespace {

int work(char** argument) {
  SmallTraining small(argument[0], std::stoi(argument[1]));
  small.specification.training.epochs = std::stoi(argument[2]);
  small.options.resume = std::stoi(argument[3]) != 0;
  const size_t interrupt_at = std::stoul(argument[4]);
  const size_t kill_at = std::stoul(argument[5]);
  const size_t cut_at = std::stoul(argument[6]);
  const HookedSource source(small.training, [&](size_t made, size_t, std::span<float>) {
    if (made == interrupt_at) request_interrupt();
    if (made == kill_at) std::raise(SIGKILL);
    if (made == cut_at && std::system("ip link set $GLOO_SOCKET_IFNAME down") != 0) std::abort();
  });
  try {
    const auto processes = join_processes(std::chrono::seconds(std::stoi(argument[7])));
    const TrainingResult result = train(small.network, small.specification.training, source,
                                        small.validation, small.options, *processes);
    write_file(small.options.output / "weights", bits(result.weights));
    return 0;
  } catch (const Interrupted&) {
    return 130;
  } catch (const Error& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}

void enter(const std::string& network_namespace) {
  const int handle = ::open(network_namespace.c_str(), O_RDONLY | O_CLOEXEC);
  if (handle < 0 || ::setns(handle, CLONE_NEWNET) != 0) ::_exit(126);
}

}  // namespace

pid_t start_worker(const WorkerOptions& options) {
  std::filesystem::create_directories(options.output);
  const std::string messages = (options.output / "messages").string();
  const std::vector<std::string> words{"worker",
                                       "--worker",
                                       options.output.string(),
                                       std::to_string(options.threads),
                                       std::to_string(options.epochs),
                                       options.resume ? "1" : "0",
                                       std::to_string(options.interrupt_at),
                                       std::to_string(options.kill_at),
                                       std::to_string(options.cut_at),
                                       std::to_string(options.timeout_seconds)};
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const std::string rank = std::to_string(options.rank);
  const std::string size = std::to_string(options.processes);
  const std::string port = std::to_string(options.port);
  const pid_t child = ::fork();
  if (child != 0) return child;
  if (!options.network_namespace.empty()) enter(options.network_namespace);
  if (options.processes > 1) {
    ::setenv("MASTER_ADDR", options.address.c_str(), 1);
    ::setenv("MASTER_PORT", port.c_str(), 1);
    ::setenv("RANK", rank.c_str(), 1);
    ::setenv("WORLD_SIZE", size.c_str(), 1);
    ::setenv("GLOO_SOCKET_IFNAME", options.interface.c_str(), 1);
  }
  const int file = ::open(messages.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  ::dup2(file, STDERR_FILENO);
  ::execv("/proc/self/exe", arguments.data());
  ::_exit(127);
}

int wait_for_worker(pid_t worker) {
  int status = 0;
  ::waitpid(worker, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int free_port() {
  const int handle = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  ::bind(handle, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(handle, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(handle);
  return ::ntohs(address.sin_port);
}

}  // namespace stapes::training

int main(int argc, char** argv) {
  if (argc == 10 && std::string(argv[1]) == "--worker") return stapes::training::work(argv + 2);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
