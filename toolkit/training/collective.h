#pragma once
#include <chrono>
#include <memory>
#include <span>

#include "toolkit/base/files.h"

namespace stapes::training {

// The processes that train one model together. Every process must make the same calls in the same
// order. When another process is gone or does not answer in time, a call throws LostProcess.
class Collective {
 public:
  virtual ~Collective() = default;
  virtual int rank() const = 0;
  virtual int size() const = 0;

  // `all` gets the values of all ranks, in rank order. REQUIRES: all.size() == size() * mine.size()
  virtual void all_gather(std::span<const float> mine, std::span<float> all) = 0;
  // What rank 0 has, on every rank.
  virtual Bytes broadcast(const Bytes& bytes) = 0;
};

// Another process of the training is gone; `why` is what the network said.
struct LostProcess {
  std::string why;
};

// This process alone.
std::unique_ptr<Collective> alone();

// The processes that a launcher (torchrun, Slurm, Kubernetes, a shell) started with MASTER_ADDR,
// MASTER_PORT, RANK and WORLD_SIZE; alone() when WORLD_SIZE is not set or 1. They find each other
// through a TCP store on rank 0 and talk through c10d's Gloo. GLOO_SOCKET_IFNAME chooses the
// network interface. Throws Error when a variable is missing or the others do not come in time.
std::unique_ptr<Collective> join_processes(std::chrono::seconds timeout);

}  // namespace stapes::training
