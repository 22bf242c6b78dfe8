#include "toolkit/specification/sections.h"

namespace stapes {

void read_augmentation(TableReader reader, AugmentationSettings& a) {
  reader.read("lead_in_ms", a.lead_in_ms, 0, 10000);
  reader.read("speed_probability", a.speed_probability, 0.0, 1.0);
  reader.read("speed_percent", a.speed_percent, 0.0, 50.0);
  reader.read("room_probability", a.room_probability, 0.0, 1.0);
  reader.read("room_maximum_clip_ms", a.room_maximum_clip_ms, 0, 60000);
  reader.read("trim_db", a.trim_db, 0.0, 120.0);
  reader.read("shift", a.shift);
  reader.read("maximum_shift_ms", a.maximum_shift_ms, 0.0, 10000.0);
  reader.read("crop_trim_db", a.crop_trim_db, 0.0, 120.0);
  reader.read("crop_maximum_ms", a.crop_maximum_ms, 0, 10000);
  reader.read("crop_fraction", a.crop_fraction, 0.0, 1.0);
  reader.read("gain_probability", a.gain_probability, 0.0, 1.0);
  reader.read("gain_db", a.gain_db, -60.0, 60.0);
  reader.read("ambient_probability", a.ambient_probability, 0.0, 1.0);
  reader.read("ambient_snr_db", a.ambient_snr_db, -40.0, 100.0);
  reader.read("microphone_probability", a.microphone_probability, 0.0, 1.0);
  reader.read("microphone_level_db", a.microphone_level_db, -120.0, 0.0);
  reader.read("vocal_tract_probability", a.vocal_tract_probability, 0.0, 1.0);
  reader.read("vocal_tract_percent", a.vocal_tract_percent, 0.0, 15.0);
  reader.read("formant_percent", a.formant_percent, 0.0, 10.0);
  reader.read("time_masks", a.time_masks, 0, 100);
  reader.read("time_mask_frames", a.time_mask_frames, 0, 1000);
  reader.read("frequency_masks", a.frequency_masks, 0, 100);
  reader.read("frequency_mask_channels", a.frequency_mask_channels, 0, 1000);
  reader.finish();
}

}  // namespace stapes
