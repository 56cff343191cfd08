// PlainPage: the lines of a report that is written without the formatter.
//
// Owns:        the text so far.
// Threads:     one at a time.
// Signal-safe: no.
// Lifetime:    plain object.
//
// Only literals of ours and headings begin at the left margin. Everything else is indented and escaped here,
// so that text from outside cannot begin a line of the report, even if a caller forgets to escape it.
#ifndef GMR_NATIVE_REPORTER_OUTPUT_PLAIN_PAGE_H_
#define GMR_NATIVE_REPORTER_OUTPUT_PLAIN_PAGE_H_

#include <string>
#include <string_view>

namespace gmr::reporter {

class PlainPage {
 public:
  // The three lines above a section.
  template <int kLength>
  void Banner(const char (&title)[kLength]) {
    AddBanner(title);
  }
  // The line above a thread.
  void Head(std::string_view text);
  void Line(std::string_view text);
  void BlankLine() { text_ += '\n'; }
  void EndMarker(std::string_view report_id);

  std::string Take() { return std::move(text_); }

 private:
  void AddBanner(std::string_view title);

  std::string text_;
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_OUTPUT_PLAIN_PAGE_H_
