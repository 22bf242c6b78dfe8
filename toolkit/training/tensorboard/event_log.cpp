#include "toolkit/training/tensorboard/event_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <string_view>
#include <utility>

#include "tensorboard/event.pb.h"
#include "toolkit/base/error.h"
#include "toolkit/training/tensorboard/tfrecord.h"

namespace stapes::training {
namespace {

using tensorboard::Event;

constexpr std::string_view kPrefix = "events.out.tfevents.";

std::vector<Path> event_files(const Path& folder) {
  std::vector<Path> files;
  std::error_code none;  // a folder that is not there holds no files
  for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
    if (entry.path().filename().string().starts_with(kPrefix)) files.push_back(entry.path());
  }
  return files;
}

int64_t seconds_in(const Path& file) {
  const std::string name = file.filename().string();
  int64_t seconds = 0;
  std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), seconds);
  return seconds;
}

double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "host";
  return name.data();
}

// TensorBoard reads files in the order of their names and never goes back, so a new one must come
// last even where two trainings begin within a second.
Path new_file(const Path& folder) {
  auto seconds = static_cast<int64_t>(now());
  for (const Path& file : event_files(folder)) seconds = std::max(seconds, seconds_in(file) + 1);
  return folder / fmt::format("{}{:010}.{}", kPrefix, seconds, host_name());
}

int64_t last_step_in(const Path& file) {
  int64_t last = 0;
  const Bytes bytes = read_file(file);
  for (const std::span<const uint8_t> record : read_tfrecords(bytes)) {
    Event event;
    if (!event.ParseFromArray(record.data(), static_cast<int>(record.size()))) continue;
    if (event.has_summary()) last = std::max(last, event.step());
  }
  return last;
}

Bytes record_of(const Event& event) {
  const std::string text = event.SerializeAsString();
  return tfrecord(std::span(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
}

Bytes version_record() {
  Event event;
  event.set_wall_time(now());
  event.set_file_version("brain.Event:2");
  return record_of(event);
}

Bytes history_record(const HistoryRow& row) {
  Event event;
  event.set_wall_time(now());
  event.set_step(row.step);
  const auto add = [&](const char* tag, double value) {
    auto* const scalar = event.mutable_summary()->add_value();
    scalar->set_tag(tag);
    scalar->set_simple_value(static_cast<float>(value));
  };
  add("learning_rate", row.learning_rate);
  add("loss", row.loss);
  add("accuracy", row.accuracy);
  add("val_loss", row.validation.loss);
  add("val_accuracy", row.validation.accuracy);
  add("val_balanced_accuracy", row.validation.balanced_accuracy);
  add("clips_per_second", row.clips_per_second);
  return record_of(event);
}

}  // namespace

EventLog::EventLog(Path folder) : folder_(std::move(folder)) {}

void EventLog::begin(std::span<const HistoryRow> history) {
  for (const Path& file : event_files(folder_)) {
    if (history.empty()) {
      std::filesystem::remove(file);
    } else {
      last_step_ = std::max(last_step_, last_step_in(file));
    }
  }
  for (const HistoryRow& row : history) write(row);
}

void EventLog::write(const HistoryRow& row) {
  if (row.step <= last_step_) return;
  if (file_.empty()) {
    std::filesystem::create_directories(folder_);
    file_ = new_file(folder_);
    append(version_record());
  }
  append(history_record(row));
  last_step_ = row.step;
}

// A file that grows, not one that is replaced: TensorBoard keeps it open. One write for a record;
// what a crash cuts off is ignored by all who read.
void EventLog::append(const Bytes& record) {
  const int handle = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  const bool written =
      handle >= 0 && std::cmp_equal(::write(handle, record.data(), record.size()), record.size()) &&
      ::fsync(handle) == 0;
  const int reason = errno;
  if (handle >= 0) ::close(handle);
  if (!written) throw Error("cannot write", file_.string(), std::strerror(reason));
}

}  // namespace stapes::training
