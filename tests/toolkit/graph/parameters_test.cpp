#include "toolkit/graph/parameters.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/support/reference_data.h"
#include "tests/toolkit/graph/small_graph.h"
#include "toolkit/base/error.h"
#include "toolkit/base/philox.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes::graph {
namespace {

Graph empty_model() {
  Graph graph = example::small_graph();
  graph.metadata.clear();
  return graph;
}

Parameters every_kind() {
  Parameters p;
  p.set("name", std::string("every_kind"));
  p.set("version", int64_t{3});
  p.set("classes", std::vector<std::string>{"yes", "no", "_unknown_"});
  p.set("flag", true);
  for (const int64_t value :
       {int64_t{0}, int64_t{255}, int64_t{256}, int64_t{65536}, int64_t{1} << 40, int64_t{-1},
        int64_t{-129}, int64_t{-40000}, -(int64_t{1} << 40)}) {
    p.set("integer" + std::to_string(value), value);
  }
  p.set("positive", 0.4);
  p.set("zero", 0.0);
  p.set("negative", -1.25);
  p.set("tiny", 1e-300);
  p.set("integers", std::vector<int64_t>{1, -2, 3});
  p.set("numbers", std::vector<double>{0.1, -0.5});
  p.set("nothing", std::vector<std::string>{});
  p.set("bytes", Bytes{0, 1, 255});
  return p;
}

TEST(Parameters, EveryKindSurvivesARoundTrip) {
  Graph graph = empty_model();
  const Parameters p = every_kind();
  store_parameters(graph, p, 0);
  const Parameters read = read_parameters(parse_tflite(serialize_tflite(graph), "again"));
  for (const auto& [key, value] : p.entries()) {
    ASSERT_TRUE(read.contains(key)) << key;
    EXPECT_EQ(*read.find(key), value) << key;
  }
}

TEST(Parameters, WhatTheFormatWantsIsAdded) {
  Graph graph = empty_model();
  store_parameters(graph, Parameters(), 1700000000);
  const Parameters read = read_parameters(graph);
  EXPECT_EQ(read.entries()[0].first, "name");
  EXPECT_EQ(read.integer("version"), 1);
  EXPECT_EQ(read.text("date"), "2023-11-14T22:13:20.000Z");
  EXPECT_EQ(read.text("hash").size(), 32U);
}

TEST(Parameters, TheHashDependsOnTheContentAndNotOnTheDate) {
  const auto hash = [](const Parameters& p, int64_t seconds) {
    Graph graph = empty_model();
    store_parameters(graph, p, seconds);
    return read_parameters(graph).text("hash");
  };
  Parameters p = every_kind();
  const std::string first = hash(p, 0);
  EXPECT_EQ(first, hash(p, 1000000));
  p.set("flag", false);
  EXPECT_NE(first, hash(p, 0));
}

TEST(Parameters, StoringWhatWasReadChangesNothing) {
  Graph graph = empty_model();
  store_parameters(graph, every_kind(), 5);
  const Graph before = graph;
  store_parameters(graph, read_parameters(graph), 5);
  EXPECT_EQ(graph, before);
}

TEST(Parameters, TheEnvironmentGivesTheDate) {
  ::setenv("SOURCE_DATE_EPOCH", "86400", 1);
  Graph graph = empty_model();
  store_parameters(graph, Parameters());
  ::unsetenv("SOURCE_DATE_EPOCH");
  EXPECT_EQ(read_parameters(graph).text("date"), "1970-01-02T00:00:00.000Z");
}

// What an independent reader found in that file.
TEST(Parameters, ReadsMltksDictionary) {
  STAPES_REQUIRE_REFERENCE_DATA("vectors/models");
  const Graph graph =
      read_tflite(test::reference_data() / "vectors/models/keyword_spotting_on_off_v3.tflite");
  const Parameters p = read_parameters(graph);
  EXPECT_EQ(p.entries().size(), 41U);
  EXPECT_EQ(p.integer("version"), 2);
  EXPECT_EQ(p.text_list("classes").size(), 3U);
  EXPECT_EQ(p.integer("fe.sample_rate_hz"), 16000);
  EXPECT_EQ(p.number("fe.filterbank_upper_band_limit"), 7500.0);
  EXPECT_EQ(p.number("fe.noise_reduction_min_signal_remaining"), 0.4);
  EXPECT_TRUE(p.boolean("fe.noise_reduction_enable"));
  EXPECT_FALSE(p.boolean("fe.pcan_enable"));
  EXPECT_EQ(p.integer("fe.filterbank_n_channels"), 104);
  EXPECT_EQ(p.integer("runtime_memory_size"), 97312);
  EXPECT_EQ(std::get<std::vector<int64_t>>(*p.find("detection_threshold_list")),
            (std::vector<int64_t>{242, 242, 255}));
}

TEST(Parameters, DamagedDictionariesAreErrors) {
  Graph graph = empty_model();
  store_parameters(graph, every_kind(), 0);
  const Bytes bytes = graph.metadata[kParametersMetadata];
  int errors = 0;
  for (size_t length = 1; length < bytes.size(); ++length) {
    graph.metadata[kParametersMetadata].assign(bytes.begin(),
                                               bytes.begin() + static_cast<std::ptrdiff_t>(length));
    try {
      (void)read_parameters(graph);
    } catch (const Error&) {
      ++errors;
    }
  }
  EXPECT_GE(errors, static_cast<int>(bytes.size()) - 8);  // the end may be padding
  Random random(2, Purpose::kTest);
  for (int round = 0; round < 3000; ++round) {
    Bytes changed = bytes;
    changed[random.below(changed.size())] = static_cast<uint8_t>(random.next());
    graph.metadata[kParametersMetadata] = changed;
    try {
      (void)read_parameters(graph);
    } catch (const Error&) {
      ++errors;
    }
  }
}

TEST(Parameters, TypedText) {
  EXPECT_EQ(parse_parameter("12"), ParameterValue(int64_t{12}));
  EXPECT_EQ(parse_parameter("-3"), ParameterValue(int64_t{-3}));
  EXPECT_EQ(parse_parameter("0.5"), ParameterValue(0.5));
  EXPECT_EQ(parse_parameter("1e-3"), ParameterValue(1e-3));
  EXPECT_EQ(parse_parameter("true"), ParameterValue(true));
  EXPECT_EQ(parse_parameter("False"), ParameterValue(false));
  EXPECT_EQ(parse_parameter("12x"), ParameterValue(std::string("12x")));
  EXPECT_EQ(parse_parameter(""), ParameterValue(std::string()));
  EXPECT_EQ(parse_parameter("[1, 2]"), ParameterValue(std::vector<int64_t>{1, 2}));
  EXPECT_EQ(parse_parameter("[1,2.5]"), ParameterValue(std::vector<double>{1, 2.5}));
  EXPECT_EQ(parse_parameter("[yes, no]"), ParameterValue(std::vector<std::string>{"yes", "no"}));
  EXPECT_EQ(parse_parameter("[]"), ParameterValue(std::vector<std::string>{}));
}

TEST(Parameters, MissingAndWrongKindsAreNamed) {
  const Parameters p = every_kind();
  EXPECT_THROW((void)p.integer("versio"), Error);
  EXPECT_THROW((void)p.integer("name"), Error);
  EXPECT_THROW((void)p.integer("positive"), Error);
  EXPECT_EQ(p.integer("missing", 7), 7);
  EXPECT_EQ(p.number("version"), 3.0);
  try {
    (void)p.text("nam");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("\"name\""), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace stapes::graph
