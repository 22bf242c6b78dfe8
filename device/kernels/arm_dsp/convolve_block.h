#pragma once
#include <cstddef>
#include <cstdint>

// The inner loops of CONV_2D on cores with the DSP extension: seven, or four, output pixels, some
// channels.
namespace stapes::arm_dsp {

// What an output channel needs, in the order in which the assembly loads it (requantization.h).
struct ChannelConstants {
  int32_t multiplier;
  int32_t rounding;
  int32_t shift;
  int32_t doubled_bias;
  int32_t tail;  // the last one to three weights of the filter, 0 behind them
};

// `columns` are the pixels' inputs, widened to int16_t with the offset added and doubled: the
// tail's group of four elements if there is one, then the others. A group is the elements {0, 2} of
// every pixel, then the elements {1, 3} of every pixel.
struct ConvolutionBlock {
  const int32_t* columns;
  const int32_t* fives;  // where the groups begin whose number is a multiple of five
  const int32_t* columns_end;
  const ChannelConstants* channel;
  const ChannelConstants* channels_end;
  const int8_t* weights;  // of the first of these channels; those of the next one follow
  int32_t rest;           // elements of the tail
  void* output;           // pixel p begins p * output_step bytes further on
  int32_t output_step;
  // Outputs of int16_t only, where a multiplier may be 1 or more: sums are shifted to the left
  // first; sign_mask is 0 when the shift to the right is 0, so that nothing is rounded a second
  // time, and else -1.
  int32_t left_shift;
  int32_t sign_mask;
};

// REQUIRES: at least one channel and one group.
void convolve_seven_pixels(const ConvolutionBlock* block);
void convolve_four_pixels(const ConvolutionBlock* block);
// The same with outputs of int16_t; output_step in bytes.
void convolve_seven_pixels_to_int16(const ConvolutionBlock* block);

}  // namespace stapes::arm_dsp
