#pragma once
#include <string>

namespace stapes::training {

// Two machines as far as the network knows: network namespaces of their own, joined by a cable (a
// veth pair). Machine m has the address 10.213.87.(1 + m) on the interface "wire". Needs
// root and the program `ip`; the destructor removes them.
class NetworkNamespaces {
 public:
  NetworkNamespaces();
  ~NetworkNamespaces();
  NetworkNamespaces(const NetworkNamespaces&) = delete;
  NetworkNamespaces& operator=(const NetworkNamespaces&) = delete;

  // Why they could not be made; "" if they were.
  const std::string& missing() const { return missing_; }
  // For setns: /run/netns/NAME.
  std::string file(int machine) const;
  static std::string address(int machine);
  static constexpr const char* kInterface = "wire";

 private:
  std::string name(int machine) const;

  std::string missing_;
};

}  // namespace stapes::training
