#include "toolkit/network/network.h"

namespace stapes::network {

bool is_activation(NodeKind kind) {
  return kind == NodeKind::kRelu || kind == NodeKind::kRelu6 || kind == NodeKind::kReluN1To1;
}

Bounds bounds_of(NodeKind kind) {
  switch (kind) {
    case NodeKind::kRelu6:
      return {0.0F, 6.0F};
    case NodeKind::kReluN1To1:
      return {-1.0F, 1.0F};
    default:
      return {0.0F, Bounds().highest};
  }
}

}  // namespace stapes::network
