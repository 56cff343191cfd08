// Text for people: what may be printed, what fits, and when it was.

#include "../../native/base/printable.h"
#include "../../native/base/text_buffer.h"
#include "../../native/base/unmasked.h"
#include "../../native/base/utc.h"
#include "harness.h"

namespace gmr::test {

namespace {

using platform::AppendJsonString;
using platform::CutUtf8;
using platform::PlainWords;
using platform::Printable;
using platform::PrintableUpTo;
using platform::TextBuffer;
using platform::ToUtc;
using platform::Unmasked;
using platform::UtcTime;

std::string Json(std::string_view text) {
  std::string json;
  AppendJsonString(text, &json);
  return json;
}

TEST("Printable leaves letters of all languages") {
  CHECK_EQ(Printable("naïve Ünï 日本 🎉"), "naïve Ünï 日本 🎉");
}

TEST("Printable escapes what moves the cursor") {
  CHECK_EQ(Printable("a\x1b[2Jb\nc\td\re\x7f"), "a\\x1b[2Jb\\nc\\td\\re\\x7f");
}

TEST("Printable escapes NUL") { CHECK_EQ(Printable(std::string_view("a\0b", 3)), "a\\x00b"); }

TEST("Printable escapes what reverses or hides text") {
  CHECK_EQ(Printable("a\u202eb\u200bc\ufeff"), "a\\u202eb\\u200bc\\ufeff");
  CHECK_EQ(Printable("\U000e0041"), "\\u{e0041}");
}

TEST("Printable escapes bytes that are no UTF-8") {
  CHECK_EQ(Printable("a\xff\x80z"), "a\\xff\\x80z");
  CHECK_EQ(Printable("\xe2\x82"), "\\xe2\\x82");
}

TEST("Printable refuses overlong forms and surrogates") {
  CHECK_EQ(Printable("\xc0\xaf"), "\\xc0\\xaf");
  CHECK_EQ(Printable("\xe0\x80\xaf"), "\\xe0\\x80\\xaf");
  CHECK_EQ(Printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");
  CHECK_EQ(Printable("\xf5\x80\x80\x80"), "\\xf5\\x80\\x80\\x80");
}

TEST("PrintableUpTo counts what it leaves out") {
  CHECK_EQ(PrintableUpTo("abcdef", 6), "abcdef");
  CHECK_EQ(PrintableUpTo("abcdefgh", 3), "abc...(5 more bytes)");
}

TEST("PrintableUpTo does not cut a character") { CHECK_EQ(PrintableUpTo("aé", 2), "a...(2 more bytes)"); }

TEST("CutUtf8 ends between characters") {
  CHECK_EQ(CutUtf8("日本", 4), "日");
  CHECK_EQ(CutUtf8("日本", 6), "日本");
  CHECK_EQ(CutUtf8("🎉", 3), "");
}

TEST("CutUtf8 cuts at most three more bytes off what is no UTF-8") {
  CHECK_EQ(CutUtf8("a\x80\x80\x80\x80\x80\x80", 5).size(), 2);
}

TEST("AppendJsonString escapes quotation marks and backslashes") {
  CHECK_EQ(Json("a\"b\\c"), "\"a\\\"b\\\\c\"");
}

TEST("AppendJsonString escapes unsafe characters without changing them") {
  CHECK_EQ(Json("\n\u202e"), "\"\\u000a\\u202e\"");
  CHECK_EQ(Json("\U000e0041"), "\"\\udb40\\udc41\"");
}

TEST("AppendJsonString replaces bytes that are no UTF-8") { CHECK_EQ(Json("a\xff"), "\"a\\ufffd\""); }

TEST("TextBuffer joins texts and numbers") {
  TextBuffer text;
  text.Append("fd ");
  text.AppendNumber(-12);
  text.Append("!");
  text.AppendNumber(INT64_MIN);
  CHECK_EQ(text.view(), "fd -12!-9223372036854775808");
}

TEST("TextBuffer ends with dots where it is full, and takes no more") {
  TextBuffer text;
  text.Append(std::string(316, 'a'));
  text.Append("bcd");
  CHECK_EQ(text.view().substr(314), "aab...");
  text.Append("more");
  CHECK_EQ(text.view().size(), 320);
}

TEST("TextBuffer takes what just fits") {
  TextBuffer text;
  text.Append(std::string(317, 'a'));
  CHECK_EQ(text.view().size(), 317);
  CHECK_EQ(text.view().back(), 'a');
}

void CheckUtc(double unix_ms, int year, int month, int day, int hour, int minute, int second) {
  const UtcTime utc = ToUtc(unix_ms);
  CHECK_EQ(utc.year, year);
  CHECK_EQ(utc.month, month);
  CHECK_EQ(utc.day, day);
  CHECK_EQ(utc.hour, hour);
  CHECK_EQ(utc.minute, minute);
  CHECK_EQ(utc.second, second);
}

TEST("ToUtc begins in 1970") { CheckUtc(0, 1970, 1, 1, 0, 0, 0); }
TEST("ToUtc knows times before 1970") { CheckUtc(-1, 1969, 12, 31, 23, 59, 59); }
TEST("ToUtc knows leap days") { CheckUtc(1'709'210'096'789, 2024, 2, 29, 12, 34, 56); }
TEST("ToUtc knows that 2000 was a leap year") { CheckUtc(951'782'400'000, 2000, 2, 29, 0, 0, 0); }
TEST("ToUtc knows that 2100 is none") { CheckUtc(4'107'542'400'000, 2100, 3, 1, 0, 0, 0); }
TEST("ToUtc knows the last second of a year") { CheckUtc(1'798'761'599'999, 2026, 12, 31, 23, 59, 59); }

TEST("PlainWords leaves words that cannot be secret") {
  CHECK_EQ(PlainWords(Unmasked("read(fd 24 -> /var/run/jobs.fifo)")), "read(fd 24 -> /var/run/jobs.fifo)");
  CHECK_EQ(PlainWords(Unmasked("fd 7 -> 10.0.0.7:5432")), "fd 7 -> 10.0.0.7:5432");
}

TEST("PlainWords hides options and the word behind them") {
  CHECK_EQ(PlainWords(Unmasked("node --inspect abc app.js")), "node *** *** app.js");
}

TEST("PlainWords hides assignments, users and long random words") {
  CHECK_EQ(PlainWords(Unmasked("A=b x")), "*** x");
  CHECK_EQ(PlainWords(Unmasked("bob:hunter2 x")), "*** x");
  CHECK_EQ(PlainWords(Unmasked("a8B3c9D2e7F1g6H5 x")), "*** x");
}

TEST("PlainWords hides all that follows a word such as password") {
  CHECK_EQ(PlainWords(Unmasked("my Password is x")), "my ***");
}

}  // namespace

}  // namespace gmr::test
