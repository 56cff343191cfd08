// Which objects are listed as open, as the formatter's bundle has it in front.

#include "../../native/image/census/open_rows.h"
#include "harness.h"

namespace gmr::test {

namespace {

using vm::OpenPath;
using vm::OpenRow;
using vm::OpenRows;
using vm::OpenStep;

using Strings = std::vector<std::string>;

Strings Texts(const std::vector<OpenPath>& paths) {
  Strings texts;
  texts.reserve(paths.size());
  for (const OpenPath& path : paths) texts.push_back(path.text);
  return texts;
}

TEST("OpenRows tells the words of a row apart by their first sign") {
  const auto open = OpenRows::Parse(
      "TCP\t=native\t?%alive\t!%closing=true\t%state\t@owner_symbol.server\t~%queued\t&onread\t^queue.*\n");
  CHECK_EQ(open.rows().size(), 1u);
  const OpenRow& row = open.rows()[0];
  CHECK_EQ(row.name, "TCP");
  CHECK(row.is_native);
  CHECK_EQ(Texts(row.keys), (Strings{"%state", "@owner_symbol.server"}));
  CHECK_EQ(Texts(row.numbers), Strings{"%queued"});
  CHECK_EQ(Texts(row.functions), Strings{"onread"});
  CHECK_EQ(Texts(row.callbacks), Strings{"queue.*"});
  CHECK_EQ(row.conditions.size(), 2u);
  CHECK(!row.conditions[0].is_negated && !row.conditions[0].has_value);
  CHECK(row.conditions[1].is_negated && row.conditions[1].has_value);
  CHECK_EQ(row.conditions[1].path.text, "%closing");
  CHECK_EQ(row.conditions[1].value, "true");
}

TEST("OpenRows tells the kinds of steps apart") {
  const auto open = OpenRows::Parse("A\tx.@y.#z.0.length.%fd\ta.size.*\n");
  const std::vector<OpenStep>& steps = open.rows()[0].keys[0].steps;
  using Kind = OpenStep::Kind;
  std::vector<Kind> kinds;
  kinds.reserve(steps.size());
  for (const OpenStep& step : steps) kinds.push_back(step.kind);
  CHECK(kinds == (std::vector<Kind>{Kind::kProperty, Kind::kDescribed, Kind::kDescribed, Kind::kIndex,
                                    Kind::kLength, Kind::kFact}));
  CHECK_EQ(steps[1].name, "y");
  CHECK_EQ(steps[2].name, "#z");
  CHECK_EQ(steps[3].index, 0);
  CHECK(open.rows()[0].keys[1].steps[1].kind == Kind::kSize);
  CHECK(open.rows()[0].keys[1].steps[2].kind == Kind::kEach);
}

TEST("OpenRows reads two dots as one dot in the name of a step") {
  const auto open = OpenRows::Parse("A\trequest.@fastify..context.url\ta..b..c\n");
  const std::vector<OpenStep>& steps = open.rows()[0].keys[0].steps;
  CHECK_EQ(steps.size(), 3u);
  CHECK(steps[1].kind == OpenStep::Kind::kDescribed);
  CHECK_EQ(steps[1].name, "fastify.context");
  CHECK_EQ(open.rows()[0].keys[1].steps.size(), 1u);
  CHECK_EQ(open.rows()[0].keys[1].steps[0].name, "a.b.c");
}

TEST("OpenRows tells rows for one class apart by a label") {
  const auto open = OpenRows::Parse("TCP/a\tx\nTCP/b\ty\n/c\tz\n");
  CHECK_EQ(open.rows().size(), 2u);
  CHECK_EQ(open.rows()[1].name, "TCP/b");
  CHECK_EQ(open.rows()[1].class_name, "TCP");
}

TEST("OpenRows knows variables of functions, and the element before an index") {
  const auto open = OpenRows::Parse("A\tnext.()idx\tnext.()stack[idx-1].handle\n");
  const OpenStep& variable = open.rows()[0].keys[0].steps[1];
  CHECK(variable.kind == OpenStep::Kind::kVariable);
  CHECK_EQ(variable.name, "idx");
  const OpenStep& element = open.rows()[0].keys[1].steps[1];
  CHECK(element.kind == OpenStep::Kind::kElementBefore);
  CHECK_EQ(element.name, "stack");
  CHECK_EQ(element.counter, "idx");
}

TEST("OpenRows numbers the same step alike in all rows, and a symbol unlike a name") {
  const auto open = OpenRows::Parse("A\tx.y\nB\ty.@x\n");
  const auto number = [&](size_t row, size_t step) { return open.rows()[row].keys[0].steps[step].number; };
  CHECK_EQ(number(0, 1), number(1, 0));
  CHECK(number(0, 0) != number(1, 1));
}

TEST("OpenRows keeps several rows of one class apart, in their order") {
  const auto open = OpenRows::Parse("A\t?x\tone\nA\ttwo\n\n\tnone\n");
  CHECK_EQ(open.rows().size(), 2u);
  CHECK_EQ(Texts(open.rows()[0].keys), Strings{"one"});
  CHECK_EQ(Texts(open.rows()[1].keys), Strings{"two"});
}

TEST("OpenRows reads where the class must be from") {
  const auto open = OpenRows::Parse("A\t=file:node:timers\n");
  CHECK_EQ(open.rows()[0].file, "node:timers");
  CHECK(!open.rows()[0].is_native);
}

TEST("OpenRows omits paths that are too long and repeated words") {
  const auto open =
      OpenRows::Parse("A\ta.b.c.d.e.f.g.h.i.j\ta.b.c.d.e.f.g.h.i.j.k\ta.b.c.d.e.f.g.h.i.j\t~\t?\t\n");
  CHECK_EQ(Texts(open.rows()[0].keys), Strings{"a.b.c.d.e.f.g.h.i.j"});
  CHECK(open.rows()[0].numbers.empty());
  CHECK(open.rows()[0].conditions.empty());
}

TEST("OpenRows are found behind the other tables of a bundle") {
  const auto open = OpenRows::FromBundle("/*gmr-wanted\nA\tb\n*/\n/*gmr-open\nC\td\n*/\n(() => {})()");
  CHECK_EQ(open.rows().size(), 1u);
  CHECK_EQ(open.rows()[0].name, "C");
  CHECK(OpenRows::FromBundle("/*gmr-open\nC\td\n").empty());
  CHECK(OpenRows::FromBundle("(() => {})() /*gmr-open\nC\td\n*/").empty());
}

}  // namespace

}  // namespace gmr::test
