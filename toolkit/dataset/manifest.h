#pragma once
#include <map>
#include <string>
#include <vector>

#include "toolkit/base/files.h"

namespace stapes::dataset {

// One line of a manifest.csv, which says of every file in a folder of recordings what it is and
// where it comes from. Only `path` is needed; a column that is missing is empty everywhere.
struct ManifestEntry {
  std::string path;  // relative to the manifest's folder, with forward slashes
  std::string word;
  std::string speaker;
  std::string split;  // train, validation, test, or "": to be decided by speaker
  std::string source;
  std::string licence;
  std::string sha256;  // of the file
};

inline constexpr char kManifestName[] = "manifest.csv";

// Also reads lists with fewer columns, such as path,split,speaker,source.
std::vector<ManifestEntry> read_manifest(const Path& file);
// Sorted by path.
void write_manifest(const Path& file, std::vector<ManifestEntry> entries);

// By path.
std::map<std::string, ManifestEntry> manifest_by_path(const Path& file);

}  // namespace stapes::dataset
