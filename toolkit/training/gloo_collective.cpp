#include <ATen/ATen.h>

#include <charconv>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <string>

#include "toolkit/base/error.h"
#include "toolkit/training/collective.h"

#ifdef USE_C10D_GLOO
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#endif

namespace stapes::training {
namespace {

struct Launch {
  std::string address;
  int port = 0;
  int rank = 0;
  int size = 1;
};

int environment_integer(const char* name, int low, int high) {
  const char* text = std::getenv(name);
  if (text == nullptr) {
    throw Error("cannot join the other processes", name, "it is not set",
                "the launcher must set MASTER_ADDR, MASTER_PORT, RANK and WORLD_SIZE");
  }
  int value = 0;
  const std::string digits = text;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (code != std::errc() || end != digits.data() + digits.size() || value < low || value > high) {
    throw Error("cannot join the other processes", name,
                "\"" + digits + "\" is not a number from " + std::to_string(low) + " to " +
                    std::to_string(high));
  }
  return value;
}

std::optional<Launch> launch_from_environment() {
  if (std::getenv("WORLD_SIZE") == nullptr) return std::nullopt;
  Launch launch;
  launch.size = environment_integer("WORLD_SIZE", 1, 65536);
  if (launch.size == 1) return std::nullopt;
  launch.rank = environment_integer("RANK", 0, launch.size - 1);
  launch.port = environment_integer("MASTER_PORT", 1, 65535);
  const char* address = std::getenv("MASTER_ADDR");
  if (address == nullptr || *address == 0) {
    throw Error("cannot join the other processes", "MASTER_ADDR", "it is not set",
                "the launcher must set MASTER_ADDR, MASTER_PORT, RANK and WORLD_SIZE");
  }
  launch.address = address;
  return launch;
}

#ifdef USE_C10D_GLOO

// The first line of what torch says: the rest is a C++ stack.
std::string first_line(const std::exception& error) {
  const std::string text = error.what();
  return text.substr(0, text.find('\n'));
}

class GlooCollective final : public Collective {
 public:
  GlooCollective(const Launch& launch, std::chrono::milliseconds timeout) : launch_(launch) {
    // Writing to a process that is gone must be an error, not the end of this one too: Gloo writes
    // without MSG_NOSIGNAL.
    std::signal(SIGPIPE, SIG_IGN);
    c10d::TCPStoreOptions store_options;
    store_options.port = static_cast<uint16_t>(launch.port);
    store_options.isServer = launch.rank == 0;
    store_options.numWorkers = static_cast<size_t>(launch.size);
    store_options.waitWorkers = true;
    store_options.timeout = timeout;
    store_ = c10::make_intrusive<c10d::TCPStore>(launch.address, store_options);
    auto options = c10d::ProcessGroupGloo::Options::create(timeout);
    const char* interface = std::getenv("GLOO_SOCKET_IFNAME");
    options->devices.push_back(interface != nullptr
                                   ? c10d::ProcessGroupGloo::createDeviceForInterface(interface)
                                   : c10d::ProcessGroupGloo::createDefaultDevice());
    group_ = c10::make_intrusive<c10d::ProcessGroupGloo>(store_, launch.rank, launch.size, options);
  }

  int rank() const override { return launch_.rank; }
  int size() const override { return launch_.size; }

  void all_gather(std::span<const float> mine, std::span<float> all) override {
    const auto count = static_cast<int64_t>(mine.size());
    std::vector<at::Tensor> input{
        at::from_blob(const_cast<float*>(mine.data()), {count}, at::kFloat)};
    std::vector<std::vector<at::Tensor>> output(1);
    for (int64_t r = 0; r < launch_.size; ++r) {
      output[0].push_back(at::from_blob(all.data() + r * count, {count}, at::kFloat));
    }
    wait_for([&] { return group_->allgather(output, input); });
  }

  Bytes broadcast(const Bytes& bytes) override {
    std::vector<at::Tensor> size{at::full({1}, static_cast<int64_t>(bytes.size()), at::kLong)};
    wait_for([&] { return group_->broadcast(size); });
    Bytes result(static_cast<size_t>(size[0].item<int64_t>()));
    if (result.empty()) return result;
    if (launch_.rank == 0) result = bytes;
    std::vector<at::Tensor> data{
        at::from_blob(result.data(), {static_cast<int64_t>(result.size())}, at::kByte)};
    wait_for([&] { return group_->broadcast(data); });
    return result;
  }

 private:
  template <typename Start>
  void wait_for(const Start& start) {
    try {
      start()->wait();
    } catch (const std::exception& error) {
      throw LostProcess{first_line(error)};
    }
  }

  Launch launch_;
  c10::intrusive_ptr<c10d::Store> store_;
  c10::intrusive_ptr<c10d::ProcessGroupGloo> group_;
};

std::unique_ptr<Collective> join(const Launch& launch, std::chrono::seconds timeout) {
  try {
    return std::make_unique<GlooCollective>(launch, timeout);
  } catch (const std::exception& error) {
    throw Error("cannot join the other processes",
                launch.address + ":" + std::to_string(launch.port), first_line(error),
                "start all " + std::to_string(launch.size) +
                    " processes within the time of --timeout, and check address and port");
  }
}

#else

std::unique_ptr<Collective> join(const Launch&, std::chrono::seconds) {
  throw Error("cannot join the other processes", "WORLD_SIZE", "this libtorch has no Gloo",
              "install libgloo-dev and build again, or train with one process");
}

#endif

}  // namespace

std::unique_ptr<Collective> join_processes(std::chrono::seconds timeout) {
  const std::optional<Launch> launch = launch_from_environment();
  return launch ? join(*launch, timeout) : alone();
}

}  // namespace stapes::training
