#include "toolkit/graph/tflite_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "tests/support/reference_data.h"
#include "tests/support/temporary_folder.h"
#include "tests/toolkit/graph/small_graph.h"
#include "toolkit/base/error.h"
#include "toolkit/base/philox.h"

namespace stapes::graph {
namespace {

std::vector<Path> reference_models() {
  std::vector<Path> models;
  const Path folder = test::reference_data() / "vectors/models";
  if (std::filesystem::exists(folder)) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".tflite") models.push_back(entry.path());
    }
  }
  std::sort(models.begin(), models.end());
  return models;
}

TEST(TfliteFile, WhatIsWrittenIsReadBack) {
  const Graph graph = example::small_graph();
  const Bytes bytes = serialize_tflite(graph);
  EXPECT_EQ(parse_tflite(bytes, "small"), graph);
  EXPECT_EQ(std::memcmp(bytes.data() + 4, "TFL3", 4), 0);
}

TEST(TfliteFile, TheSameGraphGivesTheSameBytes) {
  EXPECT_EQ(serialize_tflite(example::small_graph()), serialize_tflite(example::small_graph()));
}

TEST(TfliteFile, ConstantsAreAlignedTo16Bytes) {
  const Graph graph = example::small_graph();
  const Bytes bytes = serialize_tflite(graph);
  for (const Tensor& tensor : graph.tensors) {
    if (tensor.type != TensorType::kFloat32 || !tensor.is_constant()) continue;
    const auto place =
        std::search(bytes.begin(), bytes.end(), tensor.data.begin(), tensor.data.end());
    ASSERT_NE(place, bytes.end());
    EXPECT_EQ((place - bytes.begin()) % 16, 0) << tensor.name;
  }
}

TEST(TfliteFile, EqualZeroPointsAreStoredOnce) {
  constexpr size_t kChannels = 1000;
  const auto size_with = [](int tensors) {
    Graph graph = example::small_graph();
    for (int i = 0; i < tensors; ++i) {
      const auto index = static_cast<size_t>(example::add_value(graph, "", {kChannels}));
      graph.tensors[index].quantization.scale.assign(kChannels, 0.5F);
      graph.tensors[index].quantization.zero_point.assign(kChannels, 0);
    }
    const Bytes bytes = serialize_tflite(graph);
    EXPECT_EQ(parse_tflite(bytes, "small"), graph);
    return bytes.size();
  };
  EXPECT_LT(size_with(2) - size_with(1), kChannels * (sizeof(float) + sizeof(int64_t)));
}

TEST(TfliteFile, OtherPeoplesModelsSurviveARoundTrip) {
  STAPES_REQUIRE_REFERENCE_DATA("vectors/models");
  for (const Path& path : reference_models()) {
    SCOPED_TRACE(path.filename().string());
    const Graph graph = read_tflite(path);
    EXPECT_FALSE(graph.operators.empty());
    const Bytes bytes = serialize_tflite(graph);
    EXPECT_EQ(parse_tflite(bytes, "again"), graph);
    EXPECT_LE(bytes.size(), std::filesystem::file_size(path));
  }
}

TEST(TfliteFile, MetadataIsKeptByteForByte) {
  STAPES_REQUIRE_REFERENCE_DATA("vectors/models");
  const Path path = test::reference_data() / "vectors/models/keyword_spotting_on_off_v3.tflite";
  const Graph graph = read_tflite(path);
  ASSERT_EQ(graph.metadata.size(), 3U);
  // The entries' sizes as an independent reader of that file gives them.
  EXPECT_EQ(graph.metadata.at("SL_PARAMSv1").size(), 2512U);
  EXPECT_EQ(graph.metadata.at("CONVERSION_METADATA").size(), 88U);
  EXPECT_EQ(graph.metadata.at("min_runtime_version").size(), 16U);
  EXPECT_EQ(graph.description, "Keyword spotting classifier to detect: on, off");
  EXPECT_EQ(parse_tflite(serialize_tflite(graph), "again").metadata, graph.metadata);
}

TEST(TfliteFile, EveryTruncationIsAnError) {
  const Bytes bytes = serialize_tflite(example::small_graph());
  for (size_t length = 0; length < bytes.size(); ++length) {
    const Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_THROW((void)parse_tflite(cut, "cut"), Error) << length << " bytes";
  }
}

// A changed byte may be a changed weight; what must not happen is a crash or a graph whose
// indices and sizes are wrong, which writing it again would show.
TEST(TfliteFile, ChangedBytesAreReadOrRefused) {
  const Bytes bytes = serialize_tflite(example::small_graph());
  Random random(1, Purpose::kTest);
  int refused = 0;
  for (int round = 0; round < 4000; ++round) {
    Bytes changed = bytes;
    const int flips = 1 + static_cast<int>(random.below(3));
    for (int i = 0; i < flips; ++i) {
      changed[random.below(changed.size())] = static_cast<uint8_t>(random.next());
    }
    try {
      (void)serialize_tflite(parse_tflite(changed, "changed"));
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 400);
}

TEST(TfliteFile, ErrorsNameTheFileAndTheReason) {
  const test::TemporaryFolder folder;
  const Path path = folder.path() / "wrong.tflite";
  write_text_file(path, "this is no model");
  try {
    (void)read_tflite(path);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("wrong.tflite"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("not a .tflite file"), std::string::npos);
  }
}

TEST(TfliteFile, UnknownOperatorsAreNamedWithTheirIndex) {
  Graph graph = example::small_graph();
  graph.operators[1].code = static_cast<OperatorCode>(98);
  try {
    (void)serialize_tflite(graph);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("operator 1"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("operator 98"), std::string::npos);
  }
}

TEST(TfliteFile, WrongIndicesShapesAndOrdersAreRefused) {
  const auto refuses = [](auto change) {
    Graph graph = example::small_graph();
    change(graph);
    EXPECT_THROW((void)parse_tflite(serialize_tflite(graph), "wrong"), Error);
  };
  refuses([](Graph& g) { g.tensors[0].shape[1] = -1; });
  refuses([](Graph& g) { g.tensors[1].data.pop_back(); });
  refuses([](Graph& g) { g.tensors[1].is_variable = true; });
  refuses([](Graph& g) { g.tensors[1].type = static_cast<TensorType>(17); });
  refuses([](Graph& g) { g.tensors[0].shape = {1 << 20, 1 << 20}; });
  refuses([](Graph& g) { g.operators[0].inputs[0] = 1000; });
  refuses([](Graph& g) { g.outputs[0] = -1; });
  refuses([](Graph& g) { std::swap(g.operators[0], g.operators[1]); });
  refuses([](Graph& g) { g.operators[1].outputs = g.operators[0].outputs; });
  refuses([](Graph& g) { g.operators[0].options.stride_width = 0; });
  refuses([](Graph& g) { g.tensors[1].quantization = {{1, 2}, {0, 0}, 3}; });
  refuses([](Graph& g) { g.tensors[1].quantization = {{1}, {0, 0}, 0}; });
}

}  // namespace
}  // namespace stapes::graph
