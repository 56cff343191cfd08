// DataUrl: decodes a `data:` URL piece by piece, so that a large one is in memory only once.
//
// Owns:        the bytes decoded so far.
// Threads:     one at a time.
// Signal-safe: no: allocates.
// Lifetime:    one per URL.
#ifndef GMR_NATIVE_REPORTER_MODEL_DATA_URL_H_
#define GMR_NATIVE_REPORTER_MODEL_DATA_URL_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gmr::reporter {

class DataUrl {
 public:
  explicit DataUrl(size_t max_bytes) : max_bytes_(max_bytes) {}

  // The next piece, in UTF-8. False: it is no data URL, or larger than `max_bytes`; then all of it is in
  // vain.
  bool Feed(std::string_view piece);

  // After the last piece. False: the URL was not complete.
  bool Finish(std::string* bytes);

 private:
  enum class Part : uint8_t { kHeader, kText, kBase64, kPadding };

  bool FeedCharacter(char character);
  bool EndHeader();
  bool FeedByte(char byte);
  bool FeedBase64(char digit);
  bool Append(char byte);

  const size_t max_bytes_;
  Part part_ = Part::kHeader;
  std::string header_;
  // The number of digits of an escape such as `%41` that have been read.
  int escape_digits_ = -1;
  uint32_t escape_ = 0;
  uint32_t bits_ = 0;
  int bit_count_ = 0;
  std::string bytes_;
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_MODEL_DATA_URL_H_
