#pragma once
#include "device/kernels/geometry.h"
#include "device/kernels/reference/fixed_point.h"

// The int8 operators on two inputs of the same or of broadcastable shape.
namespace stapes::reference {

// a = first + first_offset, b = second + second_offset; offsets are minus the zero points.
struct ElementwiseParameters {
  Broadcast broadcast;
  int32_t first_offset;
  int32_t second_offset;
  int32_t output_offset;  // the output's zero point
  int32_t left_shift;     // of a and b before they are multiplied (ADD, SUB, SQUARED_DIFFERENCE)
  Multiplier first_multiplier;
  Multiplier second_multiplier;
  Multiplier output_multiplier;
  int32_t activation_minimum;
  int32_t activation_maximum;
};

// clamp(output_offset + multiply(multiply(a << left_shift) +- multiply(b << left_shift)))
void add(const ElementwiseParameters& parameters, const int8_t* first, const int8_t* second,
         int8_t* output);
void subtract(const ElementwiseParameters& parameters, const int8_t* first, const int8_t* second,
              int8_t* output);
// The square of subtract's inner difference.
void squared_difference(const ElementwiseParameters& parameters, const int8_t* first,
                        const int8_t* second, int8_t* output);
// clamp(output_offset + multiply(a * b)); only output_multiplier is used.
void multiply_elements(const ElementwiseParameters& parameters, const int8_t* first,
                       const int8_t* second, int8_t* output);

// The same of int16 values, whose zero points are 0.
void add(const ElementwiseParameters& parameters, const int16_t* first, const int16_t* second,
         int16_t* output);
void subtract(const ElementwiseParameters& parameters, const int16_t* first, const int16_t* second,
              int16_t* output);
void squared_difference(const ElementwiseParameters& parameters, const int16_t* first,
                        const int16_t* second, int16_t* output);
void multiply_elements(const ElementwiseParameters& parameters, const int16_t* first,
                       const int16_t* second, int16_t* output);

}  // namespace stapes::reference
