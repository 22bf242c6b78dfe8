#include "toolkit/dataset/csv.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"
#include "toolkit/base/error.h"

namespace stapes::dataset {
namespace {

TEST(Csv, WhatIsWrittenIsRead) {
  const test::TemporaryFolder folder;
  CsvTable table;
  table.columns = {"path", "speaker"};
  table.rows = {{"a,b.wav", "the \"old\" man"}, {"two\nlines", ""}, {"plain", "x"}};
  write_text_file(folder / "t.csv", csv_text(table));
  const CsvTable read = read_csv(folder / "t.csv");
  EXPECT_EQ(read.columns, table.columns);
  EXPECT_EQ(read.rows, table.rows);
  EXPECT_EQ(read.column("speaker"), 1);
  EXPECT_EQ(read.column("word"), -1);
}

TEST(Csv, FilesFromOtherPrograms) {
  const test::TemporaryFolder folder;
  write_text_file(folder / "t.csv", "\xEF\xBB\xBFpath,split\r\n\r\n\"a.wav\",train\r\nb.wav,test");
  const CsvTable read = read_csv(folder / "t.csv");
  EXPECT_EQ(read.columns, (std::vector<std::string>{"path", "split"}));
  EXPECT_EQ(read.rows,
            (std::vector<std::vector<std::string>>{{"a.wav", "train"}, {"b.wav", "test"}}));
}

TEST(Csv, ErrorsNameTheLine) {
  const test::TemporaryFolder folder;
  const auto message = [&folder](const char* text) {
    write_text_file(folder / "t.csv", text);
    try {
      read_csv(folder / "t.csv");
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_NE(message("path,split\na.wav,train\nb.wav\n").find("line 3"), std::string::npos);
  EXPECT_NE(message("path\n\"a.wav\n").find("line 2"), std::string::npos);
  EXPECT_NE(message("").find("empty"), std::string::npos);
}

}  // namespace
}  // namespace stapes::dataset
