#pragma once
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "device/graph/arena.h"
#include "device/status.h"
#include "toolkit/graph/graph.h"

namespace stapes::graph {

// Memory as the device's interpreters want it: aligned, contents undefined.
class AlignedMemory {
 public:
  explicit AlignedMemory(size_t size)
      : size_(size),
        data_(static_cast<uint8_t*>(::operator new (size, std::align_val_t{kArenaAlignment}))) {}
  uint8_t* data() const { return data_.get(); }
  size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(uint8_t* memory) const {
      ::operator delete (memory, std::align_val_t{kArenaAlignment});
    }
  };
  size_t size_;
  std::unique_ptr<uint8_t, Free> data_;
};

// A graph as the device gets it, with what is needed to speak of it to people.
struct DeviceModel {
  explicit DeviceModel(const Graph& graph);

  // Throws Error that names the operator and the tensor of a failed status.
  void check(const Status& status) const;

  AlignedMemory file;           // the .tflite
  std::vector<Tensor> tensors;  // without data
  std::vector<std::string> operators;
  std::vector<int32_t> inputs;
  std::vector<int32_t> outputs;
};

}  // namespace stapes::graph
