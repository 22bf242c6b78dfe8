#ifdef STAPES_TENSORBOARD
#include "toolkit/training/tensorboard/event_log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tensorboard/event.pb.h"
#include "tests/support/temporary_folder.h"
#include "tests/toolkit/training/small_training.h"
#include "toolkit/training/tensorboard/tfrecord.h"

namespace stapes::training {
namespace {

using tensorboard::Event;
using test::TemporaryFolder;

std::vector<Path> files_in(const Path& folder) {
  std::vector<Path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// All events of a folder, in the order in which TensorBoard reads them.
std::vector<Event> events_in(const Path& folder) {
  std::vector<Event> events;
  for (const Path& file : files_in(folder)) {
    const Bytes bytes = read_file(file);
    size_t size = 0;
    for (const std::span<const uint8_t> record : read_tfrecords(bytes)) {
      size += record.size() + 16;
      EXPECT_TRUE(
          events.emplace_back().ParseFromArray(record.data(), static_cast<int>(record.size())));
    }
    EXPECT_EQ(size, bytes.size()) << "whole records and nothing else";
  }
  return events;
}

std::map<std::string, float> scalars_of(const Event& event) {
  std::map<std::string, float> scalars;
  for (const auto& value : event.summary().value()) scalars[value.tag()] = value.simple_value();
  return scalars;
}

std::vector<int64_t> steps_in(const Path& folder) {
  std::vector<int64_t> steps;
  for (const Event& event : events_in(folder)) {
    if (event.has_summary()) steps.push_back(event.step());
  }
  return steps;
}

HistoryRow row(int64_t epoch) {
  HistoryRow made;
  made.epoch = epoch;
  made.step = 8 * epoch;
  made.loss = 1.0 / static_cast<double>(epoch);
  return made;
}

// A training whose epochs go to a log in its folder.
struct LoggedTraining : SmallTraining {
  explicit LoggedTraining(const Path& output) : SmallTraining(output), log(output / "events") {
    options.on_start = [this](std::span<const HistoryRow> history) { log.begin(history); };
    options.on_epoch = [this](const HistoryRow& made, bool) { log.write(made); };
  }
  EventLog log;
};

TEST(EventLog, ChecksumIsCastagnolis) {
  const std::string digits = "123456789";  // the check value of the CRC catalogues
  EXPECT_EQ(crc32c(std::span(reinterpret_cast<const uint8_t*>(digits.data()), digits.size())),
            0xe3069283U);
}

TEST(EventLog, RecordsAreFramed) {
  const Bytes data{1, 2, 3};
  const Bytes record = tfrecord(data);
  ASSERT_EQ(record.size(), 8U + 4 + 3 + 4);
  EXPECT_EQ(record[0], 3);
  EXPECT_EQ(std::count(record.begin() + 1, record.begin() + 8, 0), 7);
  ASSERT_EQ(read_tfrecords(record).size(), 1U);
  for (size_t i = 0; i < record.size(); ++i) {
    Bytes damaged = record;
    damaged[i] ^= 1;
    EXPECT_TRUE(read_tfrecords(damaged).empty()) << "byte " << i;
    EXPECT_TRUE(read_tfrecords(std::span(record).first(i)).empty()) << i << " bytes";
  }
}

TEST(EventLog, HoldsTheHistory) {
  const TemporaryFolder folder;
  LoggedTraining small(folder.path());
  const TrainingResult result = small.run();
  const std::vector<Event> events = events_in(folder / "events");
  ASSERT_EQ(events.size(), 1 + result.history.size());
  EXPECT_EQ(events[0].file_version(), "brain.Event:2");
  EXPECT_GT(events[0].wall_time(), 1e9);
  for (size_t i = 0; i < result.history.size(); ++i) {
    const HistoryRow& made = result.history[i];
    EXPECT_EQ(events[i + 1].step(), made.step);
    const std::map<std::string, float> expected{
        {"learning_rate", static_cast<float>(made.learning_rate)},
        {"loss", static_cast<float>(made.loss)},
        {"accuracy", static_cast<float>(made.accuracy)},
        {"val_loss", static_cast<float>(made.validation.loss)},
        {"val_accuracy", static_cast<float>(made.validation.accuracy)},
        {"val_balanced_accuracy", static_cast<float>(made.validation.balanced_accuracy)},
        {"clips_per_second", static_cast<float>(made.clips_per_second)}};
    EXPECT_EQ(scalars_of(events[i + 1]), expected);
  }
}

TEST(EventLog, AResumedTrainingGoesOnInAnotherFile) {
  const TemporaryFolder folder;
  LoggedTraining first(folder.path());
  first.specification.training.epochs = 2;
  first.run();
  LoggedTraining second(folder.path());
  second.options.resume = true;
  second.run();
  EXPECT_EQ(files_in(folder / "events").size(), 2U);
  EXPECT_EQ(steps_in(folder / "events"), (std::vector<int64_t>{8, 16, 24, 32}));
  LoggedTraining anew(folder.path());
  anew.specification.training.epochs = 1;
  anew.run();
  EXPECT_EQ(steps_in(folder / "events"), (std::vector<int64_t>{8}));
}

// Killed while it wrote the third epoch: that record is cut off, and whoever goes on writes it
// again.
TEST(EventLog, WhatACrashCutOffIsWrittenAgain) {
  const TemporaryFolder folder;
  EventLog log(folder.path());
  log.begin({});
  for (const int64_t epoch : {1, 2, 3}) log.write(row(epoch));
  const Path file = files_in(folder.path()).at(0);
  Bytes bytes = read_file(file);
  bytes.resize(bytes.size() - 7);
  write_file(file, bytes);

  const std::vector<HistoryRow> history{row(1), row(2), row(3)};
  EventLog resumed(folder.path());
  resumed.begin(history);
  resumed.write(row(4));
  const std::vector<Path> files = files_in(folder.path());
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0], file);
  std::filesystem::remove(file);
  EXPECT_EQ(steps_in(folder.path()), (std::vector<int64_t>{24, 32}));
}

// An older checkpoint is continued: its epochs are made again, but their steps are there already.
TEST(EventLog, StepsThatAreThereAreNotRepeated) {
  const TemporaryFolder folder;
  EventLog log(folder.path());
  log.begin({});
  for (const int64_t epoch : {1, 2, 3}) log.write(row(epoch));
  const std::vector<HistoryRow> history{row(1)};
  EventLog resumed(folder.path());
  resumed.begin(history);
  for (const int64_t epoch : {2, 3, 4}) resumed.write(row(epoch));
  EXPECT_EQ(steps_in(folder.path()), (std::vector<int64_t>{8, 16, 24, 32}));
}

}  // namespace
}  // namespace stapes::training
#endif
