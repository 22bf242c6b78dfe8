#pragma once
#include "device/kernels/reference/conv_2d.h"
#include "device/kernels/reference/depthwise_conv_2d.h"
#include "device/kernels/reference/elementwise.h"
#include "device/kernels/reference/extended_lstm.h"
#include "device/kernels/reference/fully_connected.h"
#include "device/kernels/reference/l2_normalization.h"
#include "device/kernels/reference/layer_norm_lstm.h"
#include "device/kernels/reference/lstm.h"
#include "device/kernels/reference/mean.h"
#include "device/kernels/reference/pool_2d.h"
#include "device/kernels/reference/quantize.h"
#if defined(__ARM_FEATURE_DSP)
#include "device/kernels/arm_dsp/conv_2d.h"
#include "device/kernels/arm_dsp/depthwise_conv_2d.h"
#include "device/kernels/arm_dsp/elementwise.h"
#include "device/kernels/arm_dsp/extended_lstm.h"
#include "device/kernels/arm_dsp/fully_connected.h"
#include "device/kernels/arm_dsp/layer_norm_lstm.h"
#include "device/kernels/arm_dsp/lstm.h"
#include "device/kernels/arm_dsp/quantize.h"
#endif
#if defined(__ARM_FEATURE_MVE)
#include "device/kernels/arm_mve/conv_2d.h"
#include "device/kernels/arm_mve/depthwise_conv_2d.h"
#include "device/kernels/arm_mve/elementwise.h"
#include "device/kernels/arm_mve/fully_connected.h"
#include "device/kernels/arm_mve/l2_normalization.h"
#include "device/kernels/arm_mve/lstm.h"
#include "device/kernels/arm_mve/mean.h"
#include "device/kernels/arm_mve/quantize.h"
#endif
#if defined(__x86_64__)
#include "device/kernels/x86/conv_2d.h"
#include "device/kernels/x86/depthwise_conv_2d.h"
#include "device/kernels/x86/elementwise.h"
#include "device/kernels/x86/extended_lstm.h"
#include "device/kernels/x86/fully_connected.h"
#include "device/kernels/x86/layer_norm_lstm.h"
#include "device/kernels/x86/lstm.h"
#include "device/kernels/x86/mean.h"
#include "device/kernels/x86/pool_2d.h"
#include "device/kernels/x86/quantize.h"
#endif

// The fastest kernel that the processor compiled for has, under the name of the reference kernel
// whose signature, and whose bytes, it has. Those of x86/ choose further when the program runs.
namespace stapes::kernels {

#if defined(__ARM_FEATURE_MVE)
using arm_dsp::extended_lstm;
using arm_dsp::layer_norm_lstm;
using arm_mve::add;
using arm_mve::conv_2d;
using arm_mve::depthwise_conv_2d;
using arm_mve::depthwise_conv_2d_by_channel;
using arm_mve::fully_connected;
using arm_mve::l2_normalization;
using arm_mve::lstm;
using arm_mve::mean;
using arm_mve::multiply_elements;
using arm_mve::requantize;
using arm_mve::squared_difference;
using arm_mve::subtract;
using reference::average_pool_2d;
#elif defined(__ARM_FEATURE_DSP)
using arm_dsp::add;
using arm_dsp::conv_2d;
using arm_dsp::depthwise_conv_2d;
using arm_dsp::depthwise_conv_2d_by_channel;
using arm_dsp::extended_lstm;
using arm_dsp::fully_connected;
using arm_dsp::layer_norm_lstm;
using arm_dsp::lstm;
using arm_dsp::multiply_elements;
using arm_dsp::squared_difference;
using arm_dsp::subtract;
using reference::average_pool_2d;
using reference::l2_normalization;
using reference::mean;
using reference::requantize;
#elif defined(__x86_64__)
using reference::depthwise_conv_2d_by_channel;
using reference::l2_normalization;
using x86::add;
using x86::average_pool_2d;
using x86::conv_2d;
using x86::depthwise_conv_2d;
using x86::extended_lstm;
using x86::fully_connected;
using x86::layer_norm_lstm;
using x86::lstm;
using x86::mean;
using x86::multiply_elements;
using x86::requantize;
using x86::squared_difference;
using x86::subtract;
#else
using reference::add;
using reference::average_pool_2d;
using reference::conv_2d;
using reference::depthwise_conv_2d;
using reference::depthwise_conv_2d_by_channel;
using reference::extended_lstm;
using reference::fully_connected;
using reference::l2_normalization;
using reference::layer_norm_lstm;
using reference::lstm;
using reference::mean;
using reference::multiply_elements;
using reference::requantize;
using reference::squared_difference;
using reference::subtract;
#endif

// To int8, from float.
#if defined(__ARM_FEATURE_MVE) && (__ARM_FEATURE_MVE & 2)
using arm_mve::quantize;
#elif defined(__ARM_FEATURE_DSP) && defined(__ARM_FP)
using arm_dsp::quantize;
#elif defined(__x86_64__)
using x86::quantize;
#else
using reference::quantize;
#endif

}  // namespace stapes::kernels
