// Every golden vector of the front end: what the reference's PC build computed.
#include "tests/device/frontend/golden.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>

#include "device/frontend/model_input.h"
#include "tests/device/frontend/test_front_end.h"

namespace stapes::test {
namespace {

// The names of the golden files that end with `ending`, without it.
std::vector<std::string> files_with(const std::string& ending) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(golden(""))) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(ending)) names.push_back(name.substr(0, name.size() - ending.size()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

// "7_jackson_12.2s_noise_dc.kws_pcan" -> sound, settings
std::pair<std::string, std::string> parts(const std::string& name) {
  const size_t dot = name.rfind('.');
  return {name.substr(0, dot), name.substr(dot + 1)};
}

std::vector<uint16_t> spectrogram_of(const std::string& name) {
  const auto [sound, settings] = parts(name);
  TestFrontEnd front_end(golden_settings(settings));
  return front_end.rows(golden_sound(sound));
}

template <typename Value>
void expect_equal(const std::vector<Value>& ours, const std::vector<double>& golden_values,
                  const std::string& name) {
  ASSERT_EQ(ours.size(), golden_values.size()) << name;
  size_t different = 0;
  for (size_t i = 0; i < ours.size(); ++i) {
    if (static_cast<double>(ours[i]) != golden_values[i]) ++different;
  }
  EXPECT_EQ(different, 0U) << name << ": of " << ours.size() << " values";
}

TEST(FrontEndGolden, Spectrograms) {
  STAPES_REQUIRE_REFERENCE_DATA("vectors/frontend");
  size_t values = 0;
  for (const std::string& name : files_with(".uint16.csv")) {
    const std::vector<uint16_t> ours = spectrogram_of(name);
    expect_equal(ours, read_csv(golden(name + ".uint16.csv")), name);
    values += ours.size();
  }
  EXPECT_GE(values, 94088U);
}

TEST(FrontEndGolden, QuantizedStatically) {
  STAPES_REQUIRE_REFERENCE_DATA("vectors/frontend");
  const auto names = files_with(".int8static.csv");
  EXPECT_GE(names.size(), 13U);
  for (const std::string& name : names) {
    const std::vector<uint16_t> rows = spectrogram_of(name);
    std::vector<int8_t> ours(rows.size());
    quantize_static(rows.data(), static_cast<int32_t>(rows.size()), ours.data());
    expect_equal(ours, read_csv(golden(name + ".int8static.csv")), name);
  }
}

TEST(FrontEndGolden, QuantizedDynamically) {
  STAPES_REQUIRE_REFERENCE_DATA("vectors/frontend");
  const auto names = files_with(".int8dyn.csv");
  EXPECT_GE(names.size(), 1U);
  for (const std::string& name : names) {
    const std::vector<uint16_t> rows = spectrogram_of(name);
    std::vector<int8_t> ours(rows.size());
    quantize_spectrogram(golden_settings(parts(name).second), rows.data(),
                         static_cast<int32_t>(rows.size()), ours.data());
    expect_equal(ours, read_csv(golden(name + ".int8dyn.csv")), name);
  }
}

TEST(FrontEndGolden, Normalized) {
  STAPES_REQUIRE_REFERENCE_DATA("vectors/frontend");
  const auto names = files_with(".last98.norm_float.csv");
  EXPECT_GE(names.size(), 6U);
  for (const std::string& name : names) {
    const std::vector<uint16_t> rows = spectrogram_of(name);
    const std::vector<double> expected = read_csv(golden(name + ".last98.norm_float.csv"));
    ASSERT_LE(expected.size(), rows.size());
    std::vector<float> ours(expected.size());
    normalize_mean_and_std(rows.data() + (rows.size() - ours.size()),
                           static_cast<int32_t>(ours.size()), ours.data());
    for (size_t i = 0; i < ours.size(); ++i) ASSERT_NEAR(ours[i], expected[i], 1e-5) << name;
  }
}

TEST(FrontEndGolden, ActivityDetection) {
  STAPES_REQUIRE_REFERENCE_DATA("vectors/frontend");
  const auto names = files_with(".activity.csv");
  EXPECT_GE(names.size(), 1U);
  for (const std::string& name : names) {
    const auto [sound, settings] = parts(name);
    TestFrontEnd front_end(golden_settings(settings));
    std::vector<int64_t> ours;
    const std::vector<int16_t> samples = golden_sound(sound);
    front_end.process(samples.data(), static_cast<int32_t>(samples.size()), [&](const uint16_t*) {
      const ActivityDetection& state = front_end.activity();
      ours.push_back(static_cast<int64_t>(ours.size() / 5));
      ours.insert(ours.end(), {state.filter_a, state.filter_b, state.armed, 0});
      ours.back() = front_end.activity_was_detected();
    });
    expect_equal(ours, read_csv(golden(name + ".activity.csv"), true), name);
  }
}

// Every stage of one frame: "….frame145.stages.csv".
TEST(FrontEndGolden, Stages) {
  STAPES_REQUIRE_REFERENCE_DATA("vectors/frontend");
  const auto names = files_with(".stages.csv");
  EXPECT_GE(names.size(), 13U);
  for (const std::string& stages_name : names) {
    const auto [name, frame_name] = parts(stages_name);
    const auto [sound, settings] = parts(name);
    const int frame = std::stoi(frame_name.substr(5));
    const std::filesystem::path file = golden(stages_name + ".stages.csv");
    TestFrontEnd front_end(golden_settings(settings));
    const std::vector<int16_t> samples = golden_sound(sound);
    int row_number = 0;
    bool seen = false;
    front_end.process(
        samples.data(), static_cast<int32_t>(samples.size()), [&](const uint16_t* row) {
          if (row_number++ != frame) return;
          seen = true;
          const FrontEnd::Stages& stages = front_end.stages();
          const FrontEndTables& tables = front_end.tables();
          const auto compare = [&](const std::string& line, auto value, int64_t count) {
            const std::vector<int64_t> expected = read_named(file, line);
            ASSERT_EQ(static_cast<int64_t>(expected.size()), count) << stages_name << " " << line;
            for (int64_t i = 0; i < count; ++i) {
              ASSERT_EQ(static_cast<int64_t>(value(i)), expected[static_cast<size_t>(i)])
                  << stages_name << " " << line << " " << i;
            }
          };
          const int64_t bins = tables.fft_size / 2 + 1;
          compare(
              "input_shift", [&](int64_t) { return stages.input_shift; }, 1);
          compare(
              "window_output", [&](int64_t i) { return stages.windowed[i]; },
              front_end.settings().window_samples());
          compare(
              "fft_real", [&](int64_t i) { return stages.spectrum[2 * i]; }, bins);
          compare(
              "fft_imag", [&](int64_t i) { return stages.spectrum[2 * i + 1]; }, bins);
          compare(
              "energy_start_index", [&](int64_t) { return tables.first_bin; }, 1);
          compare(
              "energy_end_index", [&](int64_t) { return tables.end_bin; }, 1);
          compare(
              "energy", [&](int64_t i) { return stages.energies[i]; },
              tables.end_bin - tables.first_bin);
          const std::vector<int64_t> sums =
              read_named(file, "channel_accumulators_incl_extra_first");
          compare(
              "channel_accumulators_incl_extra_first",
              [&](int64_t i) {
                return i == 0 ? static_cast<uint64_t>(sums[0]) : stages.channel_sums[i - 1];
              },
              front_end.channels() + 1);
          if (front_end.settings().noise_reduction_enable) {
            compare(
                "noise_estimate_after", [&](int64_t i) { return stages.noise_estimates[i]; },
                front_end.channels());
          }
          compare(
              "output_uint16", [&](int64_t i) { return row[i]; }, front_end.channels());
        });
    EXPECT_TRUE(seen) << stages_name;
  }
}

TEST(FrontEndGolden, Tables) {
  STAPES_REQUIRE_REFERENCE_DATA("vectors/frontend");
  for (const std::string& file_name : files_with(".csv")) {
    if (!file_name.starts_with("tables.")) continue;
    const std::filesystem::path file = golden(file_name + ".csv");
    const TestFrontEnd front_end(golden_settings(file_name.substr(7)));
    const FrontEndTables& tables = front_end.tables();
    const auto expect_line = [&](const std::string& line, auto value) {
      const std::vector<int64_t> expected = read_named(file, line);
      for (size_t i = 0; i < expected.size(); ++i) {
        ASSERT_EQ(static_cast<int64_t>(value(i)), expected[i])
            << file_name << " " << line << " " << i;
      }
    };
    expect_line("window_coefficients_q12", [&](size_t i) { return tables.window[i]; });
    expect_line("fft_size", [&](size_t) { return tables.fft_size; });
    expect_line("start_index", [&](size_t) { return tables.first_bin; });
    expect_line("end_index", [&](size_t) { return tables.end_bin; });
    expect_line("dc_notch_coef_q15", [&](size_t) { return tables.dc_notch_coefficient; });
    if (front_end.settings().noise_reduction_enable) {
      expect_line("nr_even_q14", [&](size_t) { return tables.even_smoothing; });
      expect_line("nr_odd_q14", [&](size_t) { return tables.odd_smoothing; });
      expect_line("nr_min_signal_q14", [&](size_t) { return tables.min_signal_remaining; });
    }
    expect_line("pcan_snr_shift", [&](size_t) { return tables.pcan_snr_shift; });
    expect_line("pcan_gain_lut", [&](size_t i) { return tables.pcan_gain[i]; });
    // The reference pads each channel's weights with zeros; what remains is the same.
    const auto starts = read_named(file, "channel_frequency_starts");
    const auto weight_starts = read_named(file, "channel_weight_starts");
    const auto widths = read_named(file, "channel_widths");
    const auto weights = read_named(file, "weights_q12");
    const auto unweights = read_named(file, "unweights_q12");
    ASSERT_EQ(starts.size(), static_cast<size_t>(front_end.channels()) + 1);
    int64_t begin = tables.first_bin;
    for (size_t channel = 0; channel < starts.size(); ++channel) {
      const int64_t end = tables.channel_ends[channel];
      for (int64_t i = 0; i < widths[channel]; ++i) {
        const int64_t bin = starts[channel] + i;
        const auto at = static_cast<size_t>(weight_starts[channel] + i);
        const bool inside = bin >= begin && bin < end;
        ASSERT_EQ(inside ? tables.weights[bin - tables.first_bin] : 0, weights[at]) << file_name;
        ASSERT_EQ(inside ? tables.unweights[bin - tables.first_bin] : 0, unweights[at])
            << file_name;
      }
      ASSERT_TRUE(begin == end || end <= starts[channel] + widths[channel]) << file_name;
      begin = end;
    }
  }
}

}  // namespace
}  // namespace stapes::test
