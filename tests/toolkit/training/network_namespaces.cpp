#include "tests/toolkit/training/network_namespaces.h"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <vector>

namespace stapes::training {
namespace {

// What a command prints to standard error; "" if it ends well.
std::string failure_of(const std::string& command) {
  FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return "no shell";
  std::string output;
  std::array<char, 256> part{};
  while (std::fgets(part.data(), part.size(), pipe) != nullptr) output += part.data();
  if (::pclose(pipe) == 0) return "";
  return command + ": " + output;
}

}  // namespace

NetworkNamespaces::NetworkNamespaces() {
  const std::string a = name(0);
  const std::string b = name(1);
  const std::string wire = kInterface;
  std::vector<std::string> commands{
      "ip netns add " + a, "ip netns add " + b,
      "ip -n " + a + " link add " + wire + " type veth peer name " + wire + " netns " + b};
  for (const int machine : {0, 1}) {
    const std::string ip = "ip -n " + name(machine) + " ";
    commands.push_back(ip + "address add " + address(machine) + "/24 dev " + wire);
    commands.push_back(ip + "link set " + wire + " up");
    commands.push_back(ip + "link set lo up");
  }
  for (const std::string& command : commands) {
    missing_ = failure_of(command);
    if (!missing_.empty()) return;
  }
}

NetworkNamespaces::~NetworkNamespaces() {
  for (const int machine : {0, 1}) failure_of("ip netns delete " + name(machine));
}

std::string NetworkNamespaces::name(int machine) const {
  return "stapes" + std::to_string(::getpid()) + (machine == 0 ? "a" : "b");
}

std::string NetworkNamespaces::file(int machine) const { return "/run/netns/" + name(machine); }

std::string NetworkNamespaces::address(int machine) {
  return "10.213.87." + std::to_string(1 + machine);
}

}  // namespace stapes::training
