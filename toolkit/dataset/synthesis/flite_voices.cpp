#include "toolkit/dataset/synthesis/flite_voices.h"

#include <array>

#include "toolkit/base/error.h"

extern "C" {
#include <flite/flite.h>
#include <flite/flite_version.h>
// flite has no header for its voices; each is a library with this function.
cst_voice* register_cmu_us_awb(const char* folder);
cst_voice* register_cmu_us_kal16(const char* folder);
cst_voice* register_cmu_us_rms(const char* folder);
cst_voice* register_cmu_us_slt(const char* folder);
}

namespace stapes::dataset {
namespace {

struct KnownVoice {
  const char* name;
  cst_voice* (*load)(const char*);
  double usual_hertz;  // the voice's mean pitch
};

constexpr std::array<KnownVoice, 4> kVoices = {{{"awb", register_cmu_us_awb, 130.0},
                                                {"kal16", register_cmu_us_kal16, 105.0},
                                                {"rms", register_cmu_us_rms, 100.0},
                                                {"slt", register_cmu_us_slt, 175.0}}};

}  // namespace

bool flite_has(const std::string& voice) {
  for (const KnownVoice& known : kVoices) {
    if (voice == known.name) return true;
  }
  return false;
}

audio::Clip flite_speak(const std::string& voice, const Utterance& utterance) {
  static const int started = flite_init();
  (void)started;
  for (const KnownVoice& known : kVoices) {
    if (voice != known.name) continue;
    cst_voice* const speaker = known.load(nullptr);
    const auto factor = static_cast<float>(0.8 + 0.4 * utterance.height);
    flite_feat_set_float(speaker->features, "duration_stretch",
                         static_cast<float>(1.0 / utterance.rate));
    flite_feat_set_float(speaker->features, "f0_shift", factor);
    flite_feat_set_float(speaker->features, "int_f0_target_mean",
                         static_cast<float>(known.usual_hertz) * factor);
    flite_feat_set_float(
        speaker->features, "int_f0_target_stddev",
        static_cast<float>((5.0 + 25.0 * utterance.melody) * (utterance.emphasis ? 1.5 : 1.0)));
    cst_wave* const wave = flite_text_to_wave(utterance.text.c_str(), speaker);
    if (wave == nullptr) {
      throw Error("cannot speak \"" + utterance.text + "\"", "flite", "it gave no sound");
    }
    audio::Clip clip;
    clip.sample_rate_hz = wave->sample_rate;
    for (int i = 0; i < wave->num_samples; ++i) {
      clip.samples.push_back(static_cast<float>(wave->samples[i]) / 32768.0F);
    }
    delete_wave(wave);
    return clip;
  }
  throw Error("cannot speak", "flite", "it has no voice \"" + voice + "\"");
}

std::string flite_version() { return std::string(FLITE_PROJECT_VERSION).substr(0, 3); }

}  // namespace stapes::dataset
