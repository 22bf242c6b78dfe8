#include <gtest/gtest.h>

#include <chrono>

#include "tests/support/temporary_folder.h"
#include "tests/toolkit/training/small_training.h"
#include "tests/toolkit/training/worker.h"

namespace stapes::training {
namespace {

using test::TemporaryFolder;

// Workers of one training; each has an output folder of its own, as on machines of their own.
std::vector<WorkerOptions> ranks(const TemporaryFolder& folder, int count) {
  std::vector<WorkerOptions> workers(static_cast<size_t>(count));
  const int port = free_port();
  for (int r = 0; r < count; ++r) {
    WorkerOptions& worker = workers[static_cast<size_t>(r)];
    worker.output = folder / ("rank" + std::to_string(r));
    worker.rank = r;
    worker.processes = count;
    worker.port = port;
  }
  return workers;
}

std::vector<int> run(const std::vector<WorkerOptions>& workers) {
  std::vector<pid_t> started;
  for (const WorkerOptions& worker : workers) started.push_back(start_worker(worker));
  std::vector<int> codes;
  for (const pid_t worker : started) codes.push_back(wait_for_worker(worker));
  return codes;
}

TEST(Processes, TwoAndThreeGiveTheSameBitsAsOne) {
  const TemporaryFolder folder;
  const Bytes one = bits(SmallTraining(folder / "alone").run().weights);
  for (const int count : {2, 3}) {
    const TemporaryFolder outputs;
    const std::vector<WorkerOptions> workers = ranks(outputs, count);
    EXPECT_EQ(run(workers), std::vector<int>(static_cast<size_t>(count), 0));
    for (const WorkerOptions& worker : workers) {
      EXPECT_EQ(read_file(worker.output / "weights"), one) << count << " processes";
    }
  }
}

// Power cut on one machine: the other ends soon, says why, and keeps a checkpoint from which one
// process alone goes on to the same bits.
void lose(int lost) {
  const TemporaryFolder folder;
  std::vector<WorkerOptions> workers = ranks(folder, 2);
  workers[static_cast<size_t>(lost)].kill_at = 150;
  const auto begin = std::chrono::steady_clock::now();
  const std::vector<int> codes = run(workers);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(60));
  const int left = 1 - lost;
  EXPECT_EQ(codes[static_cast<size_t>(lost)], 128 + 9);
  EXPECT_EQ(codes[static_cast<size_t>(left)], 1);
  const Path output = workers[static_cast<size_t>(left)].output;
  const std::string messages = read_text_file(output / "messages");
  EXPECT_NE(messages.find("another process is gone"), std::string::npos) << messages;
  EXPECT_NE(messages.find("--resume"), std::string::npos) << messages;

  SmallTraining resumed(output);
  resumed.options.resume = true;
  const Bytes straight = bits(SmallTraining(folder / "straight").run().weights);
  EXPECT_EQ(bits(resumed.run().weights), straight);
}

TEST(Processes, LosingRankOne) { lose(1); }
TEST(Processes, LosingRankZero) { lose(0); }

TEST(Processes, AnInterruptOfOneStopsAll) {
  const TemporaryFolder folder;
  std::vector<WorkerOptions> workers = ranks(folder, 2);
  workers[1].interrupt_at = 100;
  EXPECT_EQ(run(workers), (std::vector<int>{130, 130}));
  SmallTraining resumed(workers[0].output);
  resumed.options.resume = true;
  EXPECT_EQ(bits(resumed.run().weights), bits(SmallTraining(folder / "straight").run().weights));
}

TEST(Processes, MissingPartnersEndTheWait) {
  const TemporaryFolder folder;
  WorkerOptions worker = ranks(folder, 2)[1];
  worker.timeout_seconds = 1;
  EXPECT_EQ(wait_for_worker(start_worker(worker)), 1);
  const std::string messages = read_text_file(worker.output / "messages");
  EXPECT_NE(messages.find("cannot join the other processes"), std::string::npos) << messages;
}

}  // namespace
}  // namespace stapes::training
