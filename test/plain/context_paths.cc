// The paths to values of a context, and the table of what is recognised in one.

#include <string>
#include <vector>

#include "../../native/image/context/context_path.h"
#include "../../native/image/context/context_rows.h"
#include "../../native/image/context/row_reader.h"
#include "harness.h"

namespace gmr::test {

namespace {

using vm::ContextPath;
using vm::ContextRows;
using vm::FoundRow;
using vm::PathStep;
using vm::PrimitiveKind;

std::vector<std::string> StepsOf(std::string_view text) {
  std::vector<std::string> steps;
  for (const PathStep& step : ContextPath::Parse(text).steps) {
    const bool is_symbol = step.kind == PathStep::Kind::kSymbol;
    const bool is_joined = step.kind == PathStep::Kind::kJoined;
    steps.push_back((is_symbol ? "symbol " : is_joined ? "joined " : "") + step.text);
  }
  return steps;
}

TEST("ContextPath has its steps between dots") {
  CHECK_EQ(StepsOf("requestId"), (std::vector<std::string>{"requestId"}));
  CHECK_EQ(StepsOf("user.roles.0"), (std::vector<std::string>{"user", "roles", "0"}));
  CHECK_EQ(StepsOf("a.@Key of b.#c"), (std::vector<std::string>{"a", "symbol Key of b", "#c"}));
  CHECK_EQ(StepsOf("bytes.*"), (std::vector<std::string>{"bytes", "joined *"}));
}

TEST("ContextPath takes the character behind a backslash as it is") {
  CHECK_EQ(StepsOf("http\\.method.x"), (std::vector<std::string>{"http.method", "x"}));
  CHECK_EQ(StepsOf("\\@at"), (std::vector<std::string>{"@at"}));
  CHECK_EQ(StepsOf("a\\\\b.\\*"), (std::vector<std::string>{"a\\b", "*"}));
  CHECK_EQ(StepsOf("@a\\.b"), (std::vector<std::string>{"symbol a.b"}));
}

TEST("ContextPath has no steps when it is malformed or too long") {
  for (const char* text : {"", ".", "a.", ".a", "a..b", "@", "a.@", "a\\", "1.2.3.4.5.6.7.8.9"})
    CHECK_EQ(StepsOf(text), std::vector<std::string>{});
  CHECK_EQ(StepsOf("1.2.3.4.5.6.7.8").size(), 8u);
}

TEST("ContextRows are found among the comments in front of a bundle") {
  const std::string row = "tracer\tspan\t=id\t<start\tname\n";
  const ContextRows rows =
      ContextRows::FromBundle("/*gmr-wanted\nPool\tmax\n*/\n/*gmr-context\n" + row + "*/\ncode");
  CHECK_EQ(rows.rows().size(), 1u);
  CHECK_EQ(rows.rows()[0].name, "tracer");
  CHECK_EQ(rows.rows()[0].values.size(), 3u);
  CHECK(rows.rows()[0].values[0].is_required && rows.rows()[0].values[1].is_age);
  CHECK_EQ(rows.rows()[0].values[2].path.text, "name");
  CHECK_EQ(ContextRows::FromBundle("/*gmr-wanted\n*/\ncode /*gmr-context\n" + row + "*/").rows().size(), 0u);
  CHECK_EQ(ContextRows::FromBundle("/*gmr-context").rows().size(), 0u);
}

TEST("ContextRows omit malformed rows") {
  const char* broken[] = {"\n",        "a\n", "a\tb\n", "a\tb\tname\n", "a\tb.\t=id\n", "a\tb\t=id\t<\n",
                          "\tb\t=id\n"};
  for (const char* row : broken) CHECK_EQ(ContextRows::Parse(row).rows().size(), 0u);
  CHECK_EQ(ContextRows::Parse("a\tb\t=1\t2\t3\t4\t5\t6\t7\t8\n").rows().size(), 1u);
  CHECK_EQ(ContextRows::Parse("a\tb\t=1\t2\t3\t4\t5\t6\t7\t8\t9\n").rows().size(), 0u);
}

FoundRow RowOf(int row, const char* seconds, const char* rest) {
  FoundRow found;
  found.row = row;
  found.values[0] = {PrimitiveKind::kString, "id"};
  const char* texts[] = {seconds, rest};
  for (size_t i = 0; i < 2; ++i) {
    if (texts[i] == nullptr) continue;
    found.values[i + 1].kind = PrimitiveKind::kNumber;
    std::string(texts[i]).copy(found.values[i + 1].text, FoundRow::kMaxText - 1);
  }
  return found;
}

TEST("FoundRow is older by its numbers, the most significant first") {
  const ContextRows rows = ContextRows::Parse("a\tb\t=id\t<seconds\t<rest\n");
  const vm::ContextRow& row = rows.rows()[0];
  CHECK(RowOf(0, "9", "5").IsOlderThan(RowOf(0, "10", "1"), row));
  CHECK(RowOf(0, "9", "5").IsOlderThan(RowOf(0, "9", "6"), row));
  CHECK(!RowOf(0, "9", "5").IsOlderThan(RowOf(0, "9", "5"), row));
  CHECK(!RowOf(0, nullptr, nullptr).IsOlderThan(RowOf(0, "9", "5"), row));
  CHECK(RowOf(0, "9", "5").IsOlderThan(RowOf(0, nullptr, nullptr), row));
  CHECK(RowOf(0, nullptr, nullptr).IsOlderThan(FoundRow(), row));
  CHECK(!RowOf(1, "1", "1").IsOlderThan(RowOf(0, "9", "5"), row));
}

}  // namespace

}  // namespace gmr::test
