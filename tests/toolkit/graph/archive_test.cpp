#include "toolkit/graph/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"
#include "tests/toolkit/graph/small_graph.h"
#include "toolkit/base/error.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes::graph {
namespace {

Bytes zip(const std::vector<ArchivedFile>& files) {
  Bytes bytes(1 << 20);
  size_t used = 0;
  archive* writer = archive_write_new();
  archive_write_set_format_zip(writer);
  archive_write_set_bytes_in_last_block(writer, 1);
  archive_write_open_memory(writer, bytes.data(), bytes.size(), &used);
  for (const ArchivedFile& file : files) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, file.name.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(file.bytes.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_write_header(writer, entry);
    archive_write_data(writer, file.bytes.data(), file.bytes.size());
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
  bytes.resize(used);
  return bytes;
}

const Bytes kText = {'t', 'e', 'x', 't'};

TEST(Archive, TheModelInsideIsRead) {
  const test::TemporaryFolder folder;
  const Graph graph = example::small_graph();
  const Path path = folder / "model.mltk.zip";
  write_file(path, zip({{"model.py", kText},
                        {"model.float32.tflite", kText},
                        {"model.tflite", serialize_tflite(graph)}}));
  EXPECT_EQ(read_tflite(path), graph);
}

TEST(Archive, TheModelInsideIsReplacedAndTheRestKept) {
  const test::TemporaryFolder folder;
  const Path path = folder / "model.mltk.zip";
  write_file(path, zip({{"a/log.txt", kText},
                        {"model.tflite", serialize_tflite(example::small_graph())},
                        {"model.py", kText}}));
  ModelFile file = read_model_file(path);
  file.graph.description = "changed";
  write_model_file(path, file);
  EXPECT_EQ(read_tflite(path).description, "changed");
  const Bytes bytes = read_file(path);
  for (const char* name : {"a/log.txt", "model.py"}) {
    const std::string text(bytes.begin(), bytes.end());
    EXPECT_NE(text.find(name), std::string::npos) << name;
  }
  write_model_file(folder / "alone.tflite", file);
  EXPECT_EQ(read_tflite(folder / "alone.tflite"), file.graph);
}

TEST(Archive, NoneOrSeveralModelsAreErrors) {
  EXPECT_THROW((void)find_model(zip({{"model.py", kText}}), "x.zip"), Error);
  EXPECT_THROW((void)find_model(zip({{"a.tflite", kText}, {"b.tflite", kText}}), "x.zip"), Error);
}

TEST(Archive, TruncatedArchivesAreErrors) {
  const Bytes whole = zip({{"model.tflite", serialize_tflite(example::small_graph())}});
  for (size_t length = 4; length + 200 < whole.size(); length += 101) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_THROW((void)parse_tflite(find_model(cut, "cut").bytes, "cut"), Error) << length;
  }
}

}  // namespace
}  // namespace stapes::graph
