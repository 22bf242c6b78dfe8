#include "toolkit/dataset/synthesis/surroundings.h"

#include <fmt/format.h>

#include <algorithm>

#include "toolkit/audio/read.h"
#include "toolkit/base/philox.h"
#include "toolkit/dataset/speaker.h"
#include "toolkit/dataset/synthesis/noise.h"
#include "toolkit/dataset/synthesis/room.h"

namespace stapes::dataset {
namespace {

constexpr double kAmbientSeconds = 15.0;
constexpr double kMicrophoneSeconds = 10.0;
constexpr size_t kBabbleWords = 40;

struct Count {
  int training;
  int other;  // in the validation and in the test split
};

int count_for(Split split, Count count) {
  return split == Split::kTrain ? count.training : count.other;
}

}  // namespace

std::vector<PlannedSound> plan_surroundings() {
  std::vector<PlannedSound> sounds;
  for (const Split split : kSplits) {
    const auto add = [&](const char* folder, const char* kind, Count count) {
      for (int i = 0; i < count_for(split, count); ++i) {
        sounds.push_back(
            {fmt::format("{}/{}_{}_{:02}.flac", folder, kind, split_name(split), i), kind, split});
      }
    };
    for (const char* kind : {"white", "pink", "brown"}) {
      add("_background_noise_/ambient", kind, {1, 1});
    }
    for (const char* kind : {"hum", "fan"}) add("_background_noise_/ambient", kind, {2, 1});
    for (const char* kind : {"clatter", "babble"}) add("_background_noise_/ambient", kind, {5, 2});
    add("_background_noise_/microphone", "microphone", {4, 2});
    add("_rooms_", "room", {32, 8});
  }
  return sounds;
}

void make_sound(const PlannedSound& sound, const std::vector<std::string>& words,
                const Path& output, uint64_t seed) {
  Random random(seed, Purpose::kSynthesis, 3, hash_of_name(sound.path));
  audio::Clip clip;
  if (sound.kind == "room") {
    clip = impulse_response(draw_room(random));
  } else if (sound.kind == "babble") {
    std::vector<audio::Clip> spoken;
    for (size_t i = 0; i < std::min(kBabbleWords, words.size()); ++i) {
      spoken.push_back(audio::read_audio(output / words[random.below(words.size())]).clip);
    }
    clip = make_babble(spoken, 3 + static_cast<int>(random.below(6)), kAmbientSeconds, random);
  } else {
    clip = make_noise(sound.kind, sound.kind == "microphone" ? kMicrophoneSeconds : kAmbientSeconds,
                      random);
  }
  audio::write_audio(output / sound.path, clip);
}

}  // namespace stapes::dataset
