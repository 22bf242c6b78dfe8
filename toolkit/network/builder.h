#pragma once
#include <string>
#include <vector>

#include "toolkit/network/network.h"

namespace stapes::network {

// Appends elementary nodes, works out their shapes and parameters, and checks that they fit. Each
// function returns the index of the new node. A shape that does not fit throws Error whose `where`
// is `context` (the layer's place in the specification).
class Builder {
 public:
  explicit Builder(std::vector<int32_t> input_shape);  // [frames, width, channels]

  void set_context(std::string layer, std::string where);

  struct Window {
    int32_t kernel_height = 1;
    int32_t kernel_width = 1;
    int32_t stride_height = 1;
    int32_t stride_width = 1;
    Padding padding = Padding::kSame;
    bool causal = false;  // no window sees a later frame than its last one
  };

  int conv2d(int input, const std::string& name, int32_t channels, const Window& window, bool bias);
  int depthwise_conv2d(int input, const std::string& name, const Window& window, bool bias);
  int batch_norm(int input, const std::string& name, float momentum = 0.99F, float epsilon = 1e-3F,
                 Initializer gamma = Initializer::kOnes);
  int layer_norm(int input, const std::string& name, float epsilon = 1e-3F);
  // `rounding_noise`: see Node; not for kRelu.
  int activation(int input, const std::string& name, NodeKind kind, float rounding_noise = 0.0F);
  int add(int left, int right, const std::string& name);
  int pool(int input, const std::string& name, NodeKind kind, const Window& window);
  int global_average_pool(int input, const std::string& name);
  int reshape(int input, const std::string& name, std::vector<int32_t> shape);
  int lstm(int input, const std::string& name, int32_t units, float cell_clip,
           bool gate_norm = false);
  int last_step(int input, const std::string& name);
  int dense(int input, const std::string& name, int32_t units, bool bias);
  int noise(int input, const std::string& name, float width);
  int dropout(int input, const std::string& name, float rate);
  int softmax(int input, const std::string& name);

  const std::vector<int32_t>& shape(int node) const;
  int last() const { return static_cast<int>(network_.nodes.size()) - 1; }
  Network take() { return std::move(network_); }
  [[noreturn]] void fail(const std::string& why, const std::string& remedy = "") const;

 private:
  Node start(NodeKind kind, const std::string& name, std::vector<int> inputs) const;
  int finish(Node node);
  void require_rank(int input, size_t rank, const std::string& meaning) const;
  void set_window(Node& node, const std::vector<int32_t>& input, const Window& window) const;

  Network network_;
  std::string layer_ = "input";
  std::string where_;
};

std::string shape_text(const std::vector<int32_t>& shape);  // "98x1x40"

}  // namespace stapes::network
