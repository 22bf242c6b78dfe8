#pragma once
#include <string>

#include "toolkit/audio/clip.h"
#include "toolkit/dataset/synthesis/speech.h"

// The part of speech.h that is flite's.
namespace stapes::dataset {

bool flite_has(const std::string& voice);
// At the voice's own sample rate, as the library gives it.
audio::Clip flite_speak(const std::string& voice, const Utterance& utterance);
std::string flite_version();

}  // namespace stapes::dataset
