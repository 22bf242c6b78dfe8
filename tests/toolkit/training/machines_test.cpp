// Two processes on two machines that share nothing but a cable.
#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"
#include "tests/toolkit/training/network_namespaces.h"
#include "tests/toolkit/training/small_training.h"
#include "tests/toolkit/training/worker.h"

namespace stapes::training {
namespace {

using test::TemporaryFolder;

class Machines : public testing::Test {
 protected:
  void SetUp() override {
    if (!machines_.missing().empty()) {
      GTEST_SKIP() << "no network namespaces here (they need root and iproute2): "
                   << machines_.missing();
    }
    for (int r = 0; r < 2; ++r) {
      WorkerOptions& worker = workers_.emplace_back();
      worker.output = folder_ / ("machine" + std::to_string(r));
      worker.rank = r;
      worker.processes = 2;
      worker.port = 29500;  // nobody else is in the namespace
      worker.network_namespace = machines_.file(r);
      worker.address = NetworkNamespaces::address(0);
      worker.interface = NetworkNamespaces::kInterface;
    }
  }

  std::vector<int> run() const {
    const pid_t first = start_worker(workers_[0]);
    const pid_t second = start_worker(workers_[1]);
    const int code = wait_for_worker(first);
    return {code, wait_for_worker(second)};
  }

  // It said what became of it, and goes on alone to the bits of a training that was never
  // disturbed.
  void expect_saved(int machine, const Bytes& expected) const {
    const Path& output = workers_[static_cast<size_t>(machine)].output;
    const std::string messages = read_text_file(output / "messages");
    EXPECT_NE(messages.find("another process is gone"), std::string::npos) << messages;
    EXPECT_NE(messages.find("--resume"), std::string::npos) << messages;
    SmallTraining resumed(output);
    resumed.options.resume = true;
    EXPECT_EQ(bits(resumed.run().weights), expected);
  }

  Bytes straight() const { return bits(SmallTraining(folder_ / "straight").run().weights); }

  TemporaryFolder folder_;
  NetworkNamespaces machines_;
  std::vector<WorkerOptions> workers_;
};

TEST_F(Machines, GiveTheBitsOfOneProcess) {
  EXPECT_EQ(run(), (std::vector<int>{0, 0}));
  const Bytes one = straight();
  for (const WorkerOptions& worker : workers_) EXPECT_EQ(read_file(worker.output / "weights"), one);
}

TEST_F(Machines, OneThatDiesEndsTheOther) {
  workers_[1].kill_at = 150;
  EXPECT_EQ(run(), (std::vector<int>{1, 128 + 9}));
  expect_saved(0, straight());
}

// Nobody dies, but nothing arrives any more: only the timeout can tell.
TEST_F(Machines, ACutCableEndsBoth) {
  for (WorkerOptions& worker : workers_) worker.timeout_seconds = 5;
  workers_[1].cut_at = 150;
  EXPECT_EQ(run(), (std::vector<int>{1, 1}));
  const Bytes undisturbed = straight();
  expect_saved(0, undisturbed);
  expect_saved(1, undisturbed);
}

}  // namespace
}  // namespace stapes::training
