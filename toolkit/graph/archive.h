#pragma once
#include <string>

#include "toolkit/base/files.h"

namespace stapes::graph {

// A file inside an archive.
struct ArchivedFile {
  std::string name;
  Bytes bytes;
};

bool is_zip(const Bytes& bytes);

// The model in an .mltk.zip archive: its .tflite file that is not the `.float32.tflite` beside it.
// `name` is used in messages only. Throws Error where there is none or more than one.
ArchivedFile find_model(const Bytes& archive, const std::string& name);

// The archive with that file's bytes replaced and everything else kept.
Bytes replace_file(const Bytes& archive, const std::string& name, const ArchivedFile& file);

}  // namespace stapes::graph
