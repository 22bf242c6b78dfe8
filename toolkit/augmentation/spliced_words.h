#pragma once
#include <span>
#include <vector>

namespace stapes::augmentation {

// A word that nobody says: the first `fraction` of one word and the rest of another, cut out at
// `trim_db` below their loudest frames (0: whole clips), brought to the first one's level and faded
// into each other. A voice that says no keyword although all its sounds are those of keywords
// teaches a model to listen to whole words. At `sample_rate_hz`, as long as both parts together.
std::vector<float> splice_words(std::span<const float> first, std::span<const float> second,
                                double fraction, double trim_db, int sample_rate_hz);

}  // namespace stapes::augmentation
