#include <fmt/format.h>

#include <string>
#include <vector>

#include "toolkit/specification/sections.h"

namespace stapes {
namespace {

LayerSettings read_layer(const toml::table& table, const TableReader& reader,
                         const std::string& file) {
  LayerSettings layer;
  const auto line = table.source().begin.line;
  layer.where = line > 0 ? fmt::format("{}, line {}", file, line) : file;
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    if (name == "type") {
      if (!node.is_string()) reader.fail("layers", "a layer's type is not a text");
      layer.type = node.as_string()->get();
    } else if (node.is_boolean()) {
      layer.values[name] = node.as_boolean()->get();
    } else if (node.is_integer()) {
      layer.values[name] = node.as_integer()->get();
    } else if (node.is_floating_point()) {
      layer.values[name] = node.as_floating_point()->get();
    } else if (node.is_string()) {
      layer.values[name] = node.as_string()->get();
    } else if (node.is_array()) {
      std::vector<int64_t> numbers;
      for (const toml::node& item : *node.as_array()) {
        if (!item.is_integer())
          reader.fail("layers", "the list " + name + " holds something else than whole numbers");
        numbers.push_back(item.as_integer()->get());
      }
      layer.values[name] = numbers;
    } else {
      reader.fail("layers", "the key " + name + " has a value that no layer takes");
    }
  }
  if (layer.type.empty())
    reader.fail("layers", "a layer has no type", "write type = \"conv2d\", say");
  return layer;
}

}  // namespace

void read_network(TableReader reader, const std::string& file, NetworkSettings& network) {
  if (const toml::array* layers = reader.array("layers")) {
    for (const toml::node& layer : *layers) {
      if (!layer.is_table())
        reader.fail("layers", "an item is not a table", "write [[network.layers]]");
      network.layers.push_back(read_layer(*layer.as_table(), reader, file));
    }
  }
  reader.finish();
}

}  // namespace stapes
