#include "toolkit/training/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "toolkit/base/error.h"

namespace stapes::training {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kMagic = "stapes checkpoint 1\n";
constexpr size_t kChecksumSize = 64;  // SHA-256 in hexadecimal

Json to_json(const Figures& figures) {
  return {figures.loss, figures.accuracy, figures.balanced_accuracy};
}

Figures figures_from(const Json& json) { return {json.at(0), json.at(1), json.at(2)}; }

Json header_of(const Checkpoint& c) {
  Json history = Json::array();
  for (const HistoryRow& row : c.history) {
    history.push_back({row.epoch, row.step, row.learning_rate, row.loss, row.accuracy,
                       to_json(row.validation), row.clips_per_second});
  }
  return {{"fingerprint", c.fingerprint},
          {"examples", c.examples},
          {"epoch", c.epoch},
          {"steps_in_epoch", c.steps_in_epoch},
          {"step", c.step},
          {"finished", c.finished},
          {"loss", c.loss},
          {"correct", c.correct},
          {"seen", c.seen},
          {"seconds", c.seconds},
          {"updates", c.optimizer.updates},
          {"best_epoch", c.best_epoch},
          {"best", to_json(c.best)},
          {"history", history},
          {"arrays",
           {c.weights.size(), c.average.size(), c.optimizer.first.size(), c.optimizer.second.size(),
            c.best_weights.size()}}};
}

void fill_from_header(const Json& json, Checkpoint& c) {
  c.fingerprint = json.at("fingerprint");
  c.examples = json.at("examples");
  c.epoch = json.at("epoch");
  c.steps_in_epoch = json.at("steps_in_epoch");
  c.step = json.at("step");
  c.finished = json.at("finished");
  c.loss = json.at("loss");
  c.correct = json.at("correct");
  c.seen = json.at("seen");
  c.seconds = json.at("seconds");
  c.optimizer.updates = json.at("updates");
  c.best_epoch = json.at("best_epoch");
  c.best = figures_from(json.at("best"));
  for (const Json& row : json.at("history")) {
    c.history.push_back({row.at(0), row.at(1), row.at(2), row.at(3), row.at(4),
                         figures_from(row.at(5)), row.at(6)});
  }
}

[[noreturn]] void damaged(const std::string& name, const std::string& why) {
  throw Error("cannot read the checkpoint", name, why,
              "delete it; --resume then continues from the one before");
}

}  // namespace

Bytes serialize(const Checkpoint& c) {
  const std::string header = header_of(c).dump() + "\n";
  Bytes bytes(kMagic.begin(), kMagic.end());
  bytes.insert(bytes.end(), header.begin(), header.end());
  for (const std::vector<float>* array :
       {&c.weights, &c.average, &c.optimizer.first, &c.optimizer.second, &c.best_weights}) {
    const auto* data = reinterpret_cast<const uint8_t*>(array->data());
    bytes.insert(bytes.end(), data, data + array->size() * sizeof(float));
  }
  const std::string checksum = sha256(bytes);
  bytes.insert(bytes.end(), checksum.begin(), checksum.end());
  return bytes;
}

Checkpoint parse_checkpoint(const Bytes& bytes, const std::string& name) {
  if (bytes.size() < kMagic.size() + kChecksumSize ||
      !std::equal(kMagic.begin(), kMagic.end(), bytes.begin())) {
    damaged(name, "it is not a checkpoint");
  }
  const std::span<const uint8_t> body(bytes.data(), bytes.size() - kChecksumSize);
  const std::string stored(bytes.end() - kChecksumSize, bytes.end());
  if (sha256(body) != stored) damaged(name, "its checksum does not fit: it is damaged or cut off");
  const auto begin = body.begin() + static_cast<std::ptrdiff_t>(kMagic.size());
  const auto end = std::find(begin, body.end(), '\n');
  if (end == body.end()) damaged(name, "it has no header");
  Checkpoint checkpoint;
  try {
    const Json header = Json::parse(begin, end);
    fill_from_header(header, checkpoint);
    const std::vector<size_t> sizes = header.at("arrays");
    size_t position = static_cast<size_t>(end - body.begin()) + 1;
    const std::vector<std::vector<float>*> arrays{
        &checkpoint.weights, &checkpoint.average, &checkpoint.optimizer.first,
        &checkpoint.optimizer.second, &checkpoint.best_weights};
    for (size_t i = 0; i < arrays.size(); ++i) {
      if (sizes.at(i) > (body.size() - position) / sizeof(float)) damaged(name, "it is cut off");
      arrays[i]->resize(sizes[i]);
      const size_t length = sizes[i] * sizeof(float);
      if (length > 0) std::memcpy(arrays[i]->data(), body.data() + position, length);
      position += length;
    }
  } catch (const Json::exception& error) {
    damaged(name, error.what());
  }
  return checkpoint;
}

Path CheckpointFolder::write(const Checkpoint& checkpoint) const {
  Path path = folder_ / fmt::format("step-{:09}.checkpoint", checkpoint.step);
  write_file(path, serialize(checkpoint));
  const std::vector<Path> all = newest_first();
  for (size_t i = static_cast<size_t>(std::max(keep_, 1)); i < all.size(); ++i) {
    std::filesystem::remove(all[i]);
  }
  return path;
}

std::vector<Path> CheckpointFolder::newest_first() const {
  std::vector<Path> paths;
  if (!std::filesystem::is_directory(folder_)) return paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("step-") && name.ends_with(".checkpoint")) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end(), std::greater<>());
  return paths;
}

void CheckpointFolder::clear() const {
  for (const Path& path : newest_first()) std::filesystem::remove(path);
}

}  // namespace stapes::training
