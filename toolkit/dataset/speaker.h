#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "toolkit/base/files.h"
#include "toolkit/dataset/dataset.h"

namespace stapes::dataset {

// Whose voice a recording is, as far as its file's name tells; "" where it does not:
//
//   0a7c2a8d_nohash_3.wav               Speech Commands          0a7c2a8d
//   common_voice_en_17265_x.wav         Common Voice             common_voice_en_17265
//   azure_af-ZA+…+588b6ace.wav          synthesized (aws_, azure_, gcp_)  588b6ace
//   1-100032-A-0.wav                    ESC-50: the recording that it was cut from
std::string speaker_of_file(const Path& file);

// Decides a split for each speaker by a hash of the seed and the name, so that a speaker stays in
// his split when others are added. Each split with a
// share above 0 gets at least one speaker.
// REQUIRES: speakers.size() >= the number of splits with a share above 0 (training counts as one).
std::map<std::string, Split> split_speakers(const std::set<std::string>& speakers,
                                            const SplitSettings& settings);

// FNV-1a, 64 bits: a number for a name, to index random streams with.
uint64_t hash_of_name(std::string_view name);

}  // namespace stapes::dataset
