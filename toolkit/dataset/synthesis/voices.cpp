#include "toolkit/dataset/synthesis/voices.h"

#include <fmt/format.h>

#include "toolkit/base/philox.h"
#include "toolkit/dataset/speaker.h"

namespace stapes::dataset {
namespace {

// eSpeak NG's variants that sound like people; those that are one voice with small changes (iven,
// steph, klatt, …) stay together. Robots, whispers and creaks are left out.
const std::vector<std::string>& variants(Split split) {
  static const std::vector<std::string> train = {
      "m1",     "m2",      "m3",     "m5",     "m6",     "f1",     "f3",   "f4",     "klatt",
      "klatt2", "klatt4",  "klatt5", "klatt6", "Alex",   "Andrea", "Andy", "Annie",  "antonio",
      "aunty",  "belinda", "boris",  "caleb",  "Denis",  "Diogo",  "ed",   "edward", "Gene",
      "Gene2",  "Hugo",    "iven",   "iven2",  "iven3",  "iven4",  "john", "linda",  "Marco",
      "Mario",  "max",     "michel", "Mike",   "Nguyen", "pablo",  "paul", "quincy", "rob",
      "robert", "shelby",  "steph",  "steph2", "steph3", "victor", "zac",  "anika",  "grandpa"};
  static const std::vector<std::string> validation = {
      "m4", "f5", "Alicia", "benjamin", "Henrique", "Lee", "marcelo", "miguel", "sandro", "travis"};
  static const std::vector<std::string> test = {"m7",         "m8",      "f2",      "adam",
                                                "david",      "gustave", "Michael", "pedro",
                                                "kaukovalta", "norbert", "grandma"};
  return split == Split::kTrain ? train : split == Split::kValidation ? validation : test;
}

const std::vector<std::string>& flite_voices(Split split) {
  static const std::vector<std::string> train = {"slt", "rms"};
  static const std::vector<std::string> validation = {"kal16"};
  static const std::vector<std::string> test = {"awb"};
  return split == Split::kTrain ? train : split == Split::kValidation ? validation : test;
}

// kal and slt are the people of flite's voices of that name: they stay in the same split.
const std::vector<std::string>& festival_voices(Split split) {
  static const std::vector<std::string> train = {"ked_diphone", "cmu_us_slt_arctic_hts"};
  static const std::vector<std::string> validation = {"kal_diphone"};
  static const std::vector<std::string> test = {};
  return split == Split::kTrain ? train : split == Split::kValidation ? validation : test;
}

}  // namespace

std::string Voice::name() const {
  if (engine == Engine::kEspeak) return fmt::format("espeak-ng_{}_{}", accent, timbre);
  return fmt::format("{}_{}_{}", source(), accent, timbre);
}

std::string Voice::source() const {
  switch (engine) {
    case Engine::kFlite:
      return "flite";
    case Engine::kFestival:
      return "festival";
    case Engine::kEspeak:
      break;
  }
  return "espeak-ng";
}

const std::vector<std::string>& accents() {
  static const std::vector<std::string> names = {"en-us",          "en",         "en-gb-scotland",
                                                 "en-gb-x-gbclan", "en-gb-x-rp", "en-gb-x-gbcwmd",
                                                 "en-029",         "en-us-nyc"};
  return names;
}

std::vector<Voice> voices_of(Split split, uint64_t seed, int flite_speakers,
                             int festival_speakers) {
  std::vector<Voice> voices;
  const auto add = [&](Engine engine, const std::string& accent, const std::string& timbre) {
    Voice voice;
    voice.engine = engine;
    voice.accent = accent;
    voice.timbre = timbre;
    voice.split = split;
    Random random(seed, Purpose::kSynthesis, 0, hash_of_name(voice.name()));
    voice.height = random.uniform(0.1, 0.9);
    // Vocal tracts of children are up to a fifth shorter than those of adults.
    voice.tract = random.uniform(0.88, 1.18);
    voices.push_back(voice);
  };
  for (const std::string& variant : variants(split)) {
    for (const std::string& accent : accents()) add(Engine::kEspeak, accent, variant);
  }
  for (const std::string& voice : flite_voices(split)) {
    for (int i = 0; i < flite_speakers; ++i) add(Engine::kFlite, fmt::format("{:02}", i), voice);
  }
  for (const std::string& voice : festival_voices(split)) {
    for (int i = 0; i < festival_speakers; ++i) {
      add(Engine::kFestival, fmt::format("{:02}", i), voice);
    }
  }
  Random random(seed, Purpose::kSynthesis, 1, static_cast<uint64_t>(split));
  random.shuffle(voices);
  return voices;
}

}  // namespace stapes::dataset
