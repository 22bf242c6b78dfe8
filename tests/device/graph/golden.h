#pragma once
#include <memory>
#include <string>
#include <vector>

#include "device/graph/interpreter.h"
#include "tests/support/reference_data.h"
#include "toolkit/base/files.h"

namespace stapes::test {

// Memory aligned as an arena must be.
class AlignedMemory {
 public:
  explicit AlignedMemory(size_t bytes)
      : bytes_(bytes),
        data_(new (std::align_val_t(kArenaAlignment)) uint8_t[bytes == 0 ? 1 : bytes]) {}
  ~AlignedMemory() { operator delete[](data_, std::align_val_t(kArenaAlignment)); }
  AlignedMemory(const AlignedMemory&) = delete;
  AlignedMemory& operator=(const AlignedMemory&) = delete;

  uint8_t* data() { return data_; }
  size_t size() const { return bytes_; }

 private:
  size_t bytes_;
  uint8_t* data_;
};

// A model file with an interpreter in an arena of exactly the size that it asks for.
class LoadedModel {
 public:
  explicit LoadedModel(Bytes bytes, Interpreter::Options options = {}) : bytes_(std::move(bytes)) {
    AlignedMemory workspace(Interpreter::workspace_bound(bytes_.size()));
    size_t required = 0;
    status_ = Interpreter::required_arena(bytes_.data(), bytes_.size(), all_operators(), options,
                                          workspace.data(), workspace.size(), &required);
    if (!status_.ok()) return;
    arena_ = std::make_unique<AlignedMemory>(required);
    status_ = interpreter_.initialize(bytes_.data(), bytes_.size(), arena_->data(), required,
                                      all_operators(), options);
  }

  const Status& status() const { return status_; }
  std::string problem() const {
    return status_.ok() ? ""
                        : std::string(status_.message) + ", operator " +
                              std::to_string(status_.operator_index) + ", tensor " +
                              std::to_string(status_.tensor_index);
  }
  Interpreter& interpreter() { return interpreter_; }
  size_t arena_bytes() const { return arena_->size(); }

  Bytes run(const Bytes& input) {
    const TensorView view = interpreter_.input(0);
    EXPECT_EQ(view.bytes, input.size());
    std::copy(input.begin(), input.end(), static_cast<uint8_t*>(view.data));
    const Status status = interpreter_.invoke();
    EXPECT_TRUE(status.ok()) << status.message;
    return contents(interpreter_.output(0));
  }
  static Bytes contents(const TensorView& view) {
    const auto* data = static_cast<const uint8_t*>(view.data);
    return Bytes(data, data + view.bytes);
  }

 private:
  Bytes bytes_;
  Status status_;
  std::unique_ptr<AlignedMemory> arena_;
  Interpreter interpreter_;
};

inline Bytes read_reference(const std::string& path) { return read_file(reference_data() / path); }

}  // namespace stapes::test
