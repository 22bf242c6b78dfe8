#include "toolkit/dataset/download/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/support/temporary_folder.h"
#include "toolkit/base/error.h"

namespace stapes::dataset {
namespace {

void write_archive(const Path& file,
                   const std::vector<std::pair<std::string, std::string>>& items) {
  struct archive* const writer = archive_write_new();
  archive_write_add_filter_gzip(writer);
  archive_write_set_format_pax_restricted(writer);
  ASSERT_EQ(archive_write_open_filename(writer, file.c_str()), ARCHIVE_OK);
  for (const auto& [name, content] : items) {
    archive_entry* const entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_write_header(writer, entry);
    archive_write_data(writer, content.data(), content.size());
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
}

TEST(Unpack, MakesTheFilesAndTheirFolders) {
  const test::TemporaryFolder folder;
  write_archive(folder / "a.tar.gz",
                {{"./yes/a.wav", "sound"}, {"list.txt", std::string(100000, 'x')}});
  unpack(folder / "a.tar.gz", folder / "out");
  EXPECT_EQ(read_text_file(folder / "out/yes/a.wav"), "sound");
  EXPECT_EQ(read_text_file(folder / "out/list.txt").size(), 100000U);
}

TEST(Unpack, KeepsItsLimits) {
  const test::TemporaryFolder folder;
  write_archive(folder / "a.tar.gz", {{"a", std::string(1000000, 'x')}, {"b", "x"}, {"c", "x"}});
  UnpackLimits bytes;
  bytes.bytes = 500000;
  EXPECT_THROW(unpack(folder / "a.tar.gz", folder / "one", bytes), Error);
  UnpackLimits files;
  files.files = 2;
  EXPECT_THROW(unpack(folder / "a.tar.gz", folder / "two", files), Error);
}

TEST(Unpack, NeverWritesOutside) {
  const test::TemporaryFolder folder;
  for (const std::string name : {"../escaped", "a/../../escaped", "/tmp/stapes_escaped"}) {
    write_archive(folder / "a.tar.gz", {{name, "x"}});
    EXPECT_THROW(unpack(folder / "a.tar.gz", folder / "out"), Error) << name;
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "escaped"));
  EXPECT_FALSE(std::filesystem::exists("/tmp/stapes_escaped"));
}

TEST(Unpack, WhatIsNotAnArchive) {
  const test::TemporaryFolder folder;
  write_text_file(folder / "a.tar.gz", "not an archive");
  EXPECT_THROW(unpack(folder / "a.tar.gz", folder / "out"), Error);
}

}  // namespace
}  // namespace stapes::dataset
