#pragma once
#include <sys/types.h>

#include <string>

#include "toolkit/base/files.h"

namespace stapes::training {

// A training of its own in a process of its own: this test program started again, because neither
// signals nor torch's threads survive a fork. worker.cpp holds main().
struct WorkerOptions {
  Path output;
  int threads = 1;
  int epochs = 4;
  bool resume = false;
  size_t interrupt_at = 0;  // after this many examples: as if Ctrl-C were pressed
  size_t kill_at = 0;       // after this many examples: as if the power were cut
  size_t cut_at = 0;        // after this many examples: as if the network cable were cut
  int rank = 0;
  int processes = 1;
  int port = 0;  // of the rendezvous, with processes > 1
  int timeout_seconds = 20;
  std::string address = "127.0.0.1";  // of rank 0
  std::string interface = "lo";
  std::string network_namespace;  // a file for setns; empty: the test's own
};

// What the worker leaves behind: output/weights (their bits) when training ended, output/messages
// (standard error).
pid_t start_worker(const WorkerOptions& options);

// Its exit code, or 128 + the signal that ended it.
int wait_for_worker(pid_t worker);

int free_port();

}  // namespace stapes::training
