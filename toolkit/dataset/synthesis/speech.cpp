#include "toolkit/dataset/synthesis/speech.h"

#include <espeak-ng/speak_lib.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "toolkit/audio/read.h"
#include "toolkit/base/error.h"
#include "toolkit/base/interrupt.h"
#include "toolkit/dataset/synthesis/festival_voices.h"
#include "toolkit/dataset/synthesis/flite_voices.h"

namespace stapes::dataset {
namespace {

constexpr float kSilence = 0.01F;        // of the peak, -40 dB
constexpr double kMarginSeconds = 0.03;  // kept before and after the word
constexpr float kPeak = 0.5F;

std::vector<float>* collected = nullptr;  // where the callback puts samples; one process, one voice
int espeak_rate_hz = 0;

int collect(short* samples, int count, espeak_EVENT* /*events*/) {
  if (samples == nullptr || collected == nullptr) return 0;
  for (int i = 0; i < count; ++i) {
    collected->push_back(static_cast<float>(samples[i]) / 32768.0F);
  }
  return 0;
}

int percent(double share) {
  return std::clamp(static_cast<int>(std::lround(100.0 * share)), 0, 99);
}

audio::Clip espeak_speak(const Voice& voice, const Utterance& utterance) {
  const std::string name = voice.accent + "+" + voice.timbre;
  if (espeak_SetVoiceByName(name.c_str()) != EE_OK) {
    throw Error("cannot speak", "espeak-ng", "it has no voice \"" + name + "\"",
                "install the package espeak-ng-data");
  }
  espeak_SetParameter(espeakRATE, static_cast<int>(std::lround(espeakRATE_NORMAL * utterance.rate)),
                      0);
  espeak_SetParameter(espeakPITCH, percent(utterance.height), 0);
  espeak_SetParameter(espeakRANGE, percent(utterance.melody), 0);
  audio::Clip clip;
  clip.sample_rate_hz = espeak_rate_hz;
  collected = &clip.samples;
  const std::string text = utterance.emphasis
                               ? "<emphasis level=\"strong\">" + utterance.text + "</emphasis>"
                               : utterance.text;
  const unsigned int flags =
      utterance.emphasis ? espeakCHARS_UTF8 | espeakSSML : unsigned{espeakCHARS_UTF8};
  const espeak_ERROR result =
      espeak_Synth(text.c_str(), text.size() + 1, 0, POS_CHARACTER, 0, flags, nullptr, nullptr);
  collected = nullptr;
  if (result != EE_OK || clip.samples.empty()) {
    throw Error("cannot speak \"" + utterance.text + "\"", "espeak-ng", "it gave no sound");
  }
  return clip;
}

float peak_of(const std::vector<float>& samples) {
  float peak = 0;
  for (const float sample : samples) peak = std::max(peak, std::abs(sample));
  return peak;
}

void trim_and_scale(audio::Clip& clip) {
  std::vector<float>& samples = clip.samples;
  const float peak = peak_of(samples);
  if (peak <= 0) return;
  const auto loud = [peak](float sample) { return std::abs(sample) > kSilence * peak; };
  const auto margin = static_cast<std::ptrdiff_t>(kMarginSeconds * clip.sample_rate_hz);
  const auto first = std::find_if(samples.begin(), samples.end(), loud);
  const auto last = std::find_if(samples.rbegin(), samples.rend(), loud).base();
  const auto begin =
      samples.begin() + std::max<std::ptrdiff_t>(0, first - samples.begin() - margin);
  const auto end = samples.end() - std::max<std::ptrdiff_t>(0, samples.end() - last - margin);
  samples = std::vector<float>(begin, end);
  for (float& sample : samples) sample *= kPeak / peak;
}

// Playing faster by `tract` shifts the formants; speaking more slowly keeps the length.
Utterance compensated(const Voice& voice, Utterance utterance) {
  utterance.rate /= voice.tract;
  return utterance;
}

audio::Clip finished(const Voice& voice, audio::Clip clip) {
  // To whole hundreds: resampling by a simple ratio is three times as fast.
  clip.sample_rate_hz =
      100 * static_cast<int>(std::lround(clip.sample_rate_hz * voice.tract / 100));
  clip = audio::resample(clip, 16000);
  trim_and_scale(clip);
  return clip;
}

}  // namespace

SpeechEngines::SpeechEngines() {
  // Once per process and never ended: espeak_Terminate waits for a thread of the library, and in
  // version 1.51 can wait for ever.
  static const int rate =
      espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, nullptr, espeakINITIALIZE_DONT_EXIT);
  if (rate <= 0) {
    throw Error("cannot start speech synthesis", "espeak-ng", "its data is missing or damaged",
                "install the packages libespeak-ng1 and espeak-ng-data");
  }
  espeak_rate_hz = rate;
  espeak_SetSynthCallback(collect);
  espeak_SetVoiceByName("en-us");  // loads the dictionary once, for all copies of this process
  espeak_VOICE wanted{};
  wanted.languages = "variant";
  for (const espeak_VOICE** voice = espeak_ListVoices(&wanted); *voice != nullptr; ++voice) {
    const std::string file = (*voice)->identifier;  // "!v/f2"
    variants_.push_back(file.substr(file.rfind('/') + 1));
  }
}

bool SpeechEngines::has(const Voice& voice) const {
  if (voice.engine == Engine::kFlite) return flite_has(voice.timbre);
  if (voice.engine == Engine::kFestival) return festival_has(voice.timbre);
  return std::find(variants_.begin(), variants_.end(), voice.timbre) != variants_.end();
}

audio::Clip SpeechEngines::speak(const Voice& voice, const Utterance& utterance) {
  audio::Clip result;
  speak_all(voice, {&utterance, 1}, [&](size_t, const audio::Clip& clip) { result = clip; });
  return result;
}

void SpeechEngines::speak_all(const Voice& voice, std::span<const Utterance> utterances,
                              const std::function<void(size_t, const audio::Clip&)>& on_clip) {
  std::vector<Utterance> all;
  for (const Utterance& utterance : utterances) all.push_back(compensated(voice, utterance));
  if (voice.engine == Engine::kFestival) {
    festival_speak(voice.timbre, all, [&](size_t i, audio::Clip clip) {
      on_clip(i, finished(voice, std::move(clip)));
    });
    return;
  }
  for (size_t i = 0; i < all.size(); ++i) {
    if (interrupted()) throw Interrupted();
    on_clip(i,
            finished(voice, voice.engine == Engine::kEspeak ? espeak_speak(voice, all[i])
                                                            : flite_speak(voice.timbre, all[i])));
  }
}

std::string SpeechEngines::phonemes(const std::string& word, const std::string& accent) {
  espeak_SetVoiceByName(accent.c_str());
  const void* text = word.c_str();
  const char* const result = espeak_TextToPhonemes(&text, espeakCHARS_UTF8, 0);
  return result == nullptr ? "" : result;
}

Phonemes SpeechEngines::pronunciation(const std::string& word, const std::string& accent) {
  espeak_SetVoiceByName(accent.c_str());
  const void* text = word.c_str();
  constexpr int kSeparated = kPhonemeSeparator << 8;  // "phoneme_mode" in speak_lib.h
  const char* const result = espeak_TextToPhonemes(&text, espeakCHARS_UTF8, kSeparated);
  return split_phonemes(result == nullptr ? "" : result);
}

std::string SpeechEngines::versions(bool with_festival) const {
  const std::string info = espeak_Info(nullptr);
  std::string text =
      fmt::format("espeak-ng {}, flite {}", info.substr(0, info.find(' ')), flite_version());
  if (with_festival) text += ", festival " + festival_version();
  return text;
}

}  // namespace stapes::dataset
