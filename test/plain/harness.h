// A test program of its own: TEST() defines a test, CHECK() and CHECK_EQ() end it when they fail.
//
// Owns:        the list of tests.
// Threads:     the one that runs main().
// Signal-safe: no.
// Lifetime:    of the program.
#ifndef GMR_TEST_PLAIN_HARNESS_H_
#define GMR_TEST_PLAIN_HARNESS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "../../native/base/address.h"

namespace gmr::test {

struct Registration {
  // `name`: a sentence that begins with what is tested.
  Registration(const char* name, void (*run)());
};

struct Failure {
  std::string text;
};

[[noreturn]] void Fail(const char* file, int line, const std::string& text);

template <typename T>
std::string Show(const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_same_v<T, platform::Address>) {
    return std::to_string(value.number());
  } else if constexpr (std::is_enum_v<T>) {
    return Show(static_cast<int64_t>(value));
  } else if constexpr (std::is_arithmetic_v<T>) {
    return std::to_string(value);
  } else if constexpr (std::is_convertible_v<T, std::string_view>) {
    return "\"" + std::string(std::string_view(value)) + "\"";
  } else {
    return "(a value)";
  }
}

template <typename T>
std::string Show(const std::vector<T>& values) {
  std::string text = "[";
  for (const T& value : values) text += (text.size() > 1 ? ", " : "") + Show(value);
  return text + "]";
}

template <typename A, typename B>
bool AreEqual(const A& a, const B& b) {
  if constexpr (std::is_convertible_v<A, std::string_view> && std::is_convertible_v<B, std::string_view>) {
    return std::string_view(a) == std::string_view(b);
  } else if constexpr (std::is_same_v<A, platform::Address> && std::is_integral_v<B>) {
    return std::cmp_equal(a.number(), b);
  } else if constexpr (std::is_integral_v<A> && std::is_same_v<B, platform::Address>) {
    return std::cmp_equal(a, b.number());
  } else if constexpr (std::is_integral_v<A> && std::is_integral_v<B> && !std::is_same_v<A, B>) {
    return std::cmp_equal(a, b);
  } else {
    return a == b;
  }
}

template <typename A, typename B>
void CheckEqual(const A& a, const B& b, const char* expression, const char* file, int line) {
  if (!AreEqual(a, b)) Fail(file, line, std::string(expression) + " is " + Show(a) + ", expected " + Show(b));
}

}  // namespace gmr::test

#define GMR_TEST_NAME(number) Test##number
#define GMR_DEFINE_TEST(name, number)                                                          \
  static void GMR_TEST_NAME(number)();                                                         \
  static const ::gmr::test::Registration g_registration_##number(name, GMR_TEST_NAME(number)); \
  static void GMR_TEST_NAME(number)()
#define GMR_EXPAND_TEST(name, number) GMR_DEFINE_TEST(name, number)
#define TEST(name) GMR_EXPAND_TEST(name, __LINE__)
#define CHECK(condition)                                                 \
  do {                                                                   \
    if (!(condition)) ::gmr::test::Fail(__FILE__, __LINE__, #condition); \
  } while (false)
#define CHECK_EQ(actual, expected) ::gmr::test::CheckEqual(actual, expected, #actual, __FILE__, __LINE__)

#endif  // GMR_TEST_PLAIN_HARNESS_H_
