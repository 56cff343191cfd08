// Printable: text from outside, made safe to print, and bytes made valid UTF-8.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: no: allocates.
// Lifetime:    functions.
//
// Names of files, threads and functions, arguments and messages may hold any
// bytes. On a terminal they must not move the cursor, hide or reverse text, or
// begin a line of their own. src/views/escape.ts has the same list of
// characters; a test compares the two.
#ifndef GMR_NATIVE_BASE_PRINTABLE_H_
#define GMR_NATIVE_BASE_PRINTABLE_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace gmr::platform {

// Maximum printed length of the name of a worker or service, in bytes. JavaScript has already limited both to
// 200 characters, which fit.
inline constexpr size_t kMaxNameBytes = 1024;

// Returns the text as one line: unsafe characters, and bytes that are not UTF-8, become escapes such as \x1b,
// \n or \u202e.
std::string Printable(std::string_view text);

// Returns the same for at most `max_bytes` bytes, followed by the number of omitted bytes.
std::string PrintableUpTo(std::string_view text, size_t max_bytes);

// Returns the same for a name.
inline std::string PrintableName(std::string_view name) { return PrintableUpTo(name, kMaxNameBytes); }

// The longest beginning of `text` that has at most `max_bytes` bytes and does not end inside a character.
std::string_view CutUtf8(std::string_view text, size_t max_bytes);

// Appends a JSON string with its quotation marks. Unsafe characters become \u escapes, which do not change
// the value; bytes that are not UTF-8 become U+FFFD.
void AppendJsonString(std::string_view text, std::string* json);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_PRINTABLE_H_
