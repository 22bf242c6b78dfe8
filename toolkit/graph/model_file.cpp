// Model files as people have them: a .tflite, or an archive with one inside (declared in
// tflite_file.h).
#include "toolkit/graph/archive.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes::graph {

ModelFile read_model_file(const Path& path) {
  ModelFile file;
  Bytes bytes = read_file(path);
  if (is_zip(bytes)) {
    const ArchivedFile member = find_model(bytes, path.string());
    file.graph = parse_tflite(member.bytes, path.string() + ":" + member.name);
    file.model_bytes = member.bytes.size();
    file.archived_name = member.name;
    file.archive = std::move(bytes);
  } else {
    file.graph = parse_tflite(bytes, path.string());
    file.model_bytes = bytes.size();
  }
  return file;
}

void write_model_file(const Path& path, const ModelFile& file) {
  const Bytes bytes = serialize_tflite(file.graph);
  if (file.archive.empty() || path.extension() == ".tflite") {
    write_file(path, bytes);
  } else {
    write_file(path, replace_file(file.archive, path.string(), {file.archived_name, bytes}));
  }
}

Graph read_tflite(const Path& path) { return read_model_file(path).graph; }

void write_tflite(const Path& path, const Graph& graph) {
  write_file(path, serialize_tflite(graph));
}

}  // namespace stapes::graph
