#pragma once
#include <arm_mve.h>

#include "device/kernels/arm_mve/pixel_blocks.h"
#include "device/kernels/reference/fixed_point.h"

// The inner part of DEPTHWISE_CONV_2D: output channels one after the other, each of another input
// channel.
namespace stapes::arm_mve {

// What the assembly reads, at offsets that it knows.
struct ChannelProducts {
  // How a channel of the image becomes a plane: runs of elements that lie one behind the other
  // there.
  int8_t* plane;  // place of the image's first element
  int32_t runs;   // at least 1
  int32_t run_length;
  int32_t run_step;      // from a run to the next, in the image
  int32_t eight_pixels;  // step from a pixel to the eighth from it, in the image
  int32_t plane_width;   // from a run to the next, in the plane
  int8_t gathered[16];   // for the assembly's own use
  const int8_t* filter;  // the first channel's weights
  const int8_t* image;   // the first channel's first element
  int8_t* output;        // of the first channel and pixel
  union {
    int32_t high_filter;  // step from the first tap's to the ninth tap's weights, or 0
    int32_t tap_count;    // by channel: at most 16
  };
  const int32_t* bias;                       // of the first channel
  int32_t bias_step;                         // in bytes; 0 when all channels have the same bias
  const reference::Multiplier* multipliers;  // shifts in [-31, -1]
  int32_t input_offset;
  const PixelBlock* blocks;  // places in the plane
  int32_t block_count;       // at least 1
  int32_t channels;          // at least 1
  int32_t padding;
  int32x4_t zero_point;
  int32x4_t minimum;
  int32x4_t maximum;
  uint32x4_t offsets;       // of a block's four pixels in the output
  uint8x16_t taps;          // in the plane, from a block's place on
  uint16x8_t pixels;        // places of eight elements of a run, in the image
  uint16x8_t low_filter;    // places of the first eight taps' weights
  uint16x8_t high_filters;  // of the others, from the ninth on
  int8x16_t mask;           // -1 for each tap, then 0
};

// Computes all pixels of all these channels. kIsDense: taps are 0, 1, 2, ...
void multiply_dense_channels(ChannelProducts* products);
void multiply_channels(ChannelProducts* products);
// The same where a channel's weights lie one behind the other; only `tap_count` says where.
void multiply_dense_channels_by_channel(ChannelProducts* products);
void multiply_channels_by_channel(ChannelProducts* products);

}  // namespace stapes::arm_mve
