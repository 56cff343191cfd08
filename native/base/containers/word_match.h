// MatchWords: which of sixteen words may equal one of three numbers.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: yes.
// Lifetime:    plain functions.
//
// A heap is searched for three words among hundreds of millions. The lower
// halves tell nearly all others apart; who asks compares the rest.
#ifndef GMR_NATIVE_BASE_CONTAINERS_WORD_MATCH_H_
#define GMR_NATIVE_BASE_CONTAINERS_WORD_MATCH_H_

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
  uint64_t rare = 0;
};

// Bit i is for words[i].
struct MatchedWords {
  uint32_t common = 0;  // may be a or b
  uint32_t rare = 0;
};

// Exactly, and at most kMatchedWords.
inline MatchedWords MatchSomeWords(const uint64_t* words, size_t count, const WantedWords& wanted) {
  MatchedWords found;
  for (size_t i = 0; i < count; ++i) {
    found.common |= (words[i] == wanted.a || words[i] == wanted.b ? 1u : 0u) << i;
    found.rare |= (words[i] == wanted.rare ? 1u : 0u) << i;
  }
  return found;
}

#if defined(__SSE2__)

// Of four words.
inline __m128i LowerHalves(const uint64_t* words) {
  const __m128i first = _mm_loadu_si128(reinterpret_cast<const __m128i*>(words));
  const __m128i second = _mm_loadu_si128(reinterpret_cast<const __m128i*>(words + 2));
  constexpr int kEven = 0x88;
  return _mm_castps_si128(_mm_shuffle_ps(_mm_castsi128_ps(first), _mm_castsi128_ps(second), kEven));
}

// One bit for each of sixteen numbers, which are 0 or -1.
inline uint32_t BitsOfNumbers(const __m128i (&numbers)[4]) {
  const __m128i low = _mm_packs_epi32(numbers[0], numbers[1]);
  const __m128i high = _mm_packs_epi32(numbers[2], numbers[3]);
  return static_cast<uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(low, high)));
}

inline MatchedWords MatchWords(const uint64_t* words, const WantedWords& wanted) {
  const __m128i a = _mm_set1_epi32(static_cast<int>(static_cast<uint32_t>(wanted.a)));
  const __m128i b = _mm_set1_epi32(static_cast<int>(static_cast<uint32_t>(wanted.b)));
  const __m128i c = _mm_set1_epi32(static_cast<int>(static_cast<uint32_t>(wanted.rare)));
  __m128i common[4];
  __m128i rare[4];
  for (size_t i = 0; i < 4; ++i) {
    const __m128i low = LowerHalves(words + 4 * i);
    common[i] = _mm_or_si128(_mm_cmpeq_epi32(low, a), _mm_cmpeq_epi32(low, b));
    rare[i] = _mm_cmpeq_epi32(low, c);
  }
  return {BitsOfNumbers(common), BitsOfNumbers(rare)};
}

#else

inline MatchedWords MatchWords(const uint64_t* words, const WantedWords& wanted) {
  return MatchSomeWords(words, kMatchedWords, wanted);
}

#endif

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_CONTAINERS_WORD_MATCH_H_
