#include "plain_page.h"

#include "../../base/printable.h"

namespace gmr::reporter {

namespace {

constexpr size_t kColumns = 72;
// Longer lines are cut.
constexpr size_t kMaxLineBytes = 8192;

}  // namespace

void PlainPage::AddBanner(std::string_view title) {
  const std::string bar(kColumns, '=');
  const size_t inner = kColumns - 8;
  const size_t left = (inner - title.size()) / 2;
  text_ += bar + "\n====" + std::string(left, ' ');
  text_ += title;
  text_ += std::string(inner - title.size() - left, ' ') + "====\n" + bar + "\n";
}

void PlainPage::Head(std::string_view text) {
  text_ += "------ " + platform::PrintableUpTo(text, kMaxLineBytes) + " ------\n";
}

void PlainPage::Line(std::string_view text) {
  text_ += "  " + platform::PrintableUpTo(text, kMaxLineBytes) + "\n";
}

void PlainPage::EndMarker(std::string_view report_id) {
  text_ += "==== End of report " + platform::Printable(report_id) + " ====\n";
}

}  // namespace gmr::reporter
