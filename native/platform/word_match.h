// MatchWords: which of sixteen words may equal one of three.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: yes.
// Lifetime:    plain functions.
//
// A heap is searched for three words among hundreds of millions. The lower
// halves tell nearly all others apart; who asks compares the rest.
#ifndef GMR_NATIVE_PLATFORM_WORD_MATCH_H_
#define GMR_NATIVE_PLATFORM_WORD_MATCH_H_

#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace gmr::platform {

inline constexpr size_t kMatchedWords = 16;

struct WantedWords {
  uint64_t a = 0;
  uint64_t b = 0;
  uint64_t c = 0;
};

#if defined(__SSE2__)

// Bit i of the result is for words[i].
inline uint32_t MatchWords(const uint64_t* words, const WantedWords& wanted) {
  const __m128i a = _mm_set1_epi32(static_cast<int>(static_cast<uint32_t>(wanted.a)));
  const __m128i b = _mm_set1_epi32(static_cast<int>(static_cast<uint32_t>(wanted.b)));
  const __m128i c = _mm_set1_epi32(static_cast<int>(static_cast<uint32_t>(wanted.c)));
  uint32_t found = 0;
  for (size_t i = 0; i < kMatchedWords; i += 4) {
    const __m128i first = _mm_loadu_si128(reinterpret_cast<const __m128i*>(words + i));
    const __m128i second = _mm_loadu_si128(reinterpret_cast<const __m128i*>(words + i + 2));
    // The lower halves of the four words.
    constexpr int kEven = 0x88;
    const __m128i low =
        _mm_castps_si128(_mm_shuffle_ps(_mm_castsi128_ps(first), _mm_castsi128_ps(second), kEven));
    const __m128i equal =
        _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi32(low, a), _mm_cmpeq_epi32(low, b)), _mm_cmpeq_epi32(low, c));
    found |= static_cast<uint32_t>(_mm_movemask_ps(_mm_castsi128_ps(equal))) << i;
  }
  return found;
}

#else

inline uint32_t MatchWords(const uint64_t* words, const WantedWords& wanted) {
  uint32_t found = 0;
  for (size_t i = 0; i < kMatchedWords; ++i) {
    const uint64_t word = words[i];
    const bool equal = word == wanted.a || word == wanted.b || word == wanted.c;
    found |= (equal ? 1u : 0u) << i;
  }
  return found;
}

#endif

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PLATFORM_WORD_MATCH_H_
