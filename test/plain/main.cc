// Runs all tests, or those whose name contains the argument. One line per test: "ok NAME" or "not ok NAME",
// and behind the latter "# WHY". `--list` prints the names.

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>

#include "harness.h"

namespace gmr::test {

namespace {

struct Test {
  const char* name;
  void (*run)();
};

std::vector<Test>& AllTests() {
  static std::vector<Test> tests;
  return tests;
}

// One line of text, whatever a test found.
std::string OneLine(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, '?');
  return text;
}

// "": it passed.
std::string Run(const Test& test) {
  try {
    test.run();
    return "";
  } catch (const Failure& failure) {
    return OneLine(failure.text);
  } catch (const std::exception& error) {
    return error.what();
  }
}

int RunThose(std::string_view filter) {
  int failed = 0;
  int ran = 0;
  for (const Test& test : AllTests()) {
    if (std::string_view(test.name).find(filter) == std::string_view::npos) continue;
    ++ran;
    const std::string problem = Run(test);
    std::printf("%s %s\n", problem.empty() ? "ok" : "not ok", test.name);
    if (!problem.empty()) std::printf("# %s\n", problem.c_str());
    std::fflush(stdout);
    failed += problem.empty() ? 0 : 1;
  }
  if (ran == 0) std::printf("# no test has this name\n");
  return failed > 0 || ran == 0 ? 1 : 0;
}

}  // namespace

Registration::Registration(const char* name, void (*run)()) { AllTests().push_back({name, run}); }

void Fail(const char* file, int line, const std::string& text) {
  const char* slash = std::strrchr(file, '/');
  throw Failure{std::string(slash == nullptr ? file : slash + 1) + ":" + std::to_string(line) + ": " + text};
}

}  // namespace gmr::test

int main(int count, char** arguments) {
  auto& tests = gmr::test::AllTests();
  std::sort(tests.begin(), tests.end(),
            [](const auto& a, const auto& b) { return std::strcmp(a.name, b.name) < 0; });
  for (size_t i = 1; i < tests.size(); ++i) {
    if (std::strcmp(tests[i - 1].name, tests[i].name) != 0) continue;
    std::printf("not ok %s\n# two tests have this name\n", tests[i].name);
    return 1;
  }
  const std::string filter = count > 1 ? arguments[1] : "";
  if (filter != "--list") return gmr::test::RunThose(filter);
  for (const auto& test : tests) std::printf("%s\n", test.name);
  return 0;
}
