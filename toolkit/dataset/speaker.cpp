#include "toolkit/dataset/speaker.h"

#include <algorithm>
#include <regex>
#include <utility>
#include <vector>

#include "toolkit/base/philox.h"

namespace stapes::dataset {

std::string speaker_of_file(const Path& file) {
  const std::string name = file.stem().string();
  if (const size_t end = name.find("_nohash_"); end != std::string::npos && end > 0) {
    return name.substr(0, end);
  }
  static const std::regex common_voice("^(common_voice_[A-Za-z-]+_[0-9]+)");
  static const std::regex environment("^[0-9]+-([0-9]+)-[A-Z]-[0-9]+$");
  std::smatch match;
  if (std::regex_search(name, match, common_voice)) return match[1];
  for (const char* service : {"aws_", "azure_", "gcp_"}) {
    const size_t plus = name.rfind('+');
    if (name.starts_with(service) && plus != std::string::npos) return name.substr(plus + 1);
  }
  if (std::regex_match(name, match, environment)) return match[1];
  return "";
}

uint64_t hash_of_name(std::string_view name) {
  uint64_t hash = 0xCBF29CE484222325ULL;
  for (const char c : name) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001B3ULL;
  }
  return hash;
}

std::map<std::string, Split> split_speakers(const std::set<std::string>& speakers,
                                            const SplitSettings& settings) {
  std::vector<std::pair<double, std::string>> order;  // from 0 to 1: test, validation, training
  for (const std::string& speaker : speakers) {
    Random random(settings.seed, Purpose::kSplit, 0, hash_of_name(speaker));
    order.emplace_back(random.uniform(), speaker);
  }
  std::sort(order.begin(), order.end());
  const auto below = [&order](double bound) {
    return static_cast<size_t>(
        std::lower_bound(order.begin(), order.end(), std::make_pair(bound, std::string())) -
        order.begin());
  };
  size_t test = below(settings.test);
  size_t validation = below(settings.test + settings.validation) - test;
  if (settings.test > 0) test = std::max<size_t>(test, 1);
  if (settings.validation > 0) validation = std::max<size_t>(validation, 1);
  while (test + validation >= order.size() && test + validation > 0) {
    --(test > validation ? test : validation);
  }
  std::map<std::string, Split> splits;
  for (size_t i = 0; i < order.size(); ++i) {
    splits[order[i].second] = i < test                ? Split::kTest
                              : i < test + validation ? Split::kValidation
                                                      : Split::kTrain;
  }
  return splits;
}

}  // namespace stapes::dataset
