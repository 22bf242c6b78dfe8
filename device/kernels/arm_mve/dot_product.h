#pragma once
#include <arm_mve.h>

// Dot products of int8_t vectors. Nothing is read behind `count` elements.
namespace stapes::arm_mve {

// initial[r] + sum over i of activations[i] * rows[r * count + i], for four rows r.
int32x4_t four_dot_products(const int32_t* initial, const int8_t* activations, const int8_t* rows,
                            int32_t count);

// The same of one row.
int32_t dot_product(int32_t initial, const int8_t* activations, const int8_t* row, int32_t count);

// The sum of a row.
int32_t sum_of(const int8_t* row, int32_t count);

// What four_dot_products() has to start from, so that activations count with `offset` added:
// bias[r] + offset * sum_of(row r). `bias`: null for 0.
void initial_sums(const int8_t* rows, int32_t row_count, int32_t count, int32_t offset,
                  const int32_t* bias, int32_t* initial);

}  // namespace stapes::arm_mve
