#pragma once
#include <functional>
#include <span>
#include <string>

#include "toolkit/audio/clip.h"
#include "toolkit/dataset/synthesis/speech.h"

// The part of speech.h that is Festival's. It is a program and no library: what a speaker says is
// written into a script of Festival's Scheme, which one run speaks into files.
namespace stapes::dataset {

// False also where Festival is not installed.
bool festival_has(const std::string& voice);
// At the voice's own sample rate. Gives `on_clip` one clip for each utterance, in their order.
// Throws Error with what Festival said.
void festival_speak(const std::string& voice, std::span<const Utterance> utterances,
                    const std::function<void(size_t index, audio::Clip clip)>& on_clip);
std::string festival_version();  // "2.5.0"; "" where it is not installed

}  // namespace stapes::dataset
