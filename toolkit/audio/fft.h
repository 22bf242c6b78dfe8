#pragma once
#include <complex>
#include <cstddef>
#include <memory>
#include <new>

// Fourier transforms of real signals in single precision (FFTW). Plans are estimated, not
// measured, so that every run computes the same bits; they are made once per length, under a lock
// (FFTW's planner is not thread-safe, its execution is).
namespace stapes::audio {

// Storage that FFTW can read with vector loads.
template <typename T>
class AlignedArray {
 public:
  AlignedArray() = default;
  explicit AlignedArray(size_t size)
      : data_(static_cast<T*>(::operator new(size * sizeof(T), kAlignment))), size_(size) {
    for (size_t i = 0; i < size; ++i) data_.get()[i] = T{};
  }

  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  size_t size() const { return size_; }
  T& operator[](size_t i) { return data_.get()[i]; }
  const T& operator[](size_t i) const { return data_.get()[i]; }

 private:
  static constexpr std::align_val_t kAlignment{64};
  struct Release {
    void operator()(T* data) const { ::operator delete(data, kAlignment); }
  };
  std::unique_ptr<T, Release> data_;
  size_t size_ = 0;
};

using Spectrum = AlignedArray<std::complex<float>>;

// The shortest length >= `at_least` that transforms fast: 2^k, or 5/4 or 3/2 of that. So few
// lengths, that spectra of the same length meet again.
size_t fast_fft_length(size_t at_least);

class RealFft {
 public:
  // The transform of that length; lives for ever. Thread-safe. REQUIRES: an even length > 0
  static const RealFft& of_length(size_t length);

  size_t length() const { return length_; }
  size_t bins() const { return length_ / 2 + 1; }

  // `time` has length() values, `spectrum` bins().
  void forward(const AlignedArray<float>& time, Spectrum& spectrum) const;
  // Times length(), as FFTW does it; overwrites `spectrum`.
  void inverse(Spectrum& spectrum, AlignedArray<float>& time) const;

 private:
  explicit RealFft(size_t length);

  size_t length_;
  void* forward_;
  void* inverse_;
};

}  // namespace stapes::audio
