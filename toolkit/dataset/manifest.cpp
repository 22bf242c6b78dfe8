#include "toolkit/dataset/manifest.h"

#include <algorithm>

#include "toolkit/base/error.h"
#include "toolkit/dataset/csv.h"

namespace stapes::dataset {

std::vector<ManifestEntry> read_manifest(const Path& file) {
  const CsvTable table = read_csv(file);
  const int path = table.column("path");
  if (path < 0) {
    throw Error("cannot use the list", file.string(), "it has no column \"path\"",
                "write a header line such as path,split,speaker,source");
  }
  const int word = table.column("word");
  const int speaker = table.column("speaker");
  const int split = table.column("split");
  const int source = table.column("source");
  const int licence = table.column("licence");
  const int checksum = table.column("sha256");
  std::vector<ManifestEntry> entries;
  entries.reserve(table.rows.size());
  for (const std::vector<std::string>& row : table.rows) {
    const auto field = [&row](int column) {
      return column < 0 ? std::string() : row[static_cast<size_t>(column)];
    };
    entries.push_back({Path(field(path)).lexically_normal().generic_string(), field(word),
                       field(speaker), field(split), field(source), field(licence),
                       field(checksum)});
  }
  return entries;
}

void write_manifest(const Path& file, std::vector<ManifestEntry> entries) {
  std::sort(entries.begin(), entries.end(),
            [](const ManifestEntry& a, const ManifestEntry& b) { return a.path < b.path; });
  CsvTable table;
  table.columns = {"path", "word", "speaker", "split", "source", "licence", "sha256"};
  table.rows.reserve(entries.size());
  for (const ManifestEntry& e : entries) {
    table.rows.push_back({e.path, e.word, e.speaker, e.split, e.source, e.licence, e.sha256});
  }
  write_text_file(file, csv_text(table));
}

std::map<std::string, ManifestEntry> manifest_by_path(const Path& file) {
  std::map<std::string, ManifestEntry> entries;
  for (ManifestEntry& entry : read_manifest(file)) {
    std::string path = entry.path;
    entries.emplace(std::move(path), std::move(entry));
  }
  return entries;
}

}  // namespace stapes::dataset
