// What explainers want to know of objects, as the formatter's bundle has it in front.

#include "../../native/image/values/wanted_values.h"
#include "harness.h"

namespace gmr::test {

namespace {

using vm::ValuePath;
using vm::WantedRow;
using vm::WantedValues;

std::vector<std::string> Texts(const std::vector<ValuePath>& paths) {
  std::vector<std::string> texts;
  texts.reserve(paths.size());
  for (const ValuePath& path : paths) texts.push_back(path.text);
  return texts;
}

const WantedRow& RowOf(const WantedValues& wanted, std::string_view name) {
  const WantedRow* row = wanted.Find(name);
  if (row == nullptr) Fail(__FILE__, __LINE__, "no row " + std::string(name));
  return *row;
}

using Strings = std::vector<std::string>;

TEST("WantedValues reads rows of paths") {
  const auto wanted = WantedValues::Parse("Pool\toptions.max\t_clients.length\npLimit()\tactiveCount\n");
  CHECK_EQ(Texts(RowOf(wanted, "Pool").values), (Strings{"options.max", "_clients.length"}));
  CHECK_EQ(Texts(RowOf(wanted, "pLimit()").values), Strings{"activeCount"});
  CHECK_EQ(RowOf(wanted, "Pool").values[0].steps, (Strings{"options", "max"}));
  CHECK(!RowOf(wanted, "Pool").is_resource());
  CHECK(!wanted.has_wrappers());
}

TEST("WantedValues reads what ends a wait from the outside, and through which scopes owners are looked for") {
  const auto wanted = WantedValues::Parse(
      "Semaphore\t=canceller:cancel\t=canceller:setValue\t=canceller:\nquery()\t=through\n");
  CHECK_EQ(RowOf(wanted, "Semaphore").cancellers, (Strings{"cancel", "setValue"}));
  CHECK_EQ(wanted.cancellers(), (Strings{"cancel", "setValue"}));
  CHECK(!RowOf(wanted, "Semaphore").is_resource());
  CHECK(RowOf(wanted, "query()").through_closures);
}

TEST("WantedValues finds whole names only") {
  const auto wanted = WantedValues::Parse("Pool\tmax\n");
  CHECK(wanted.Find("Poo") == nullptr);
  CHECK(wanted.Find("Pool()") == nullptr);
  CHECK(wanted.Find("") == nullptr);
}

TEST("WantedValues reads what a resource hands out") {
  const auto wanted = WantedValues::Parse("Pool\tmax\t+_clients.*\t-_idle.*.client\n");
  const WantedRow& row = RowOf(wanted, "Pool");
  CHECK_EQ(Texts(row.values), Strings{"max"});
  CHECK_EQ(Texts(row.tokens), Strings{"_clients.*"});
  CHECK_EQ(row.idle[0].steps, (Strings{"_idle", "*", "client"}));
  CHECK(row.is_resource());
}

TEST("WantedValues reads who has something of a resource") {
  const auto wanted = WantedValues::Parse("A\t=methods\nB\t=closures\nC\t=releaser:called\nD\t=arrow:run\n");
  CHECK(RowOf(wanted, "A").by_methods && RowOf(wanted, "A").is_resource());
  CHECK(RowOf(wanted, "B").by_closures && RowOf(wanted, "B").is_resource());
  CHECK(!RowOf(wanted, "B").by_methods);
  CHECK_EQ(RowOf(wanted, "C").releaser, "called");
  CHECK(RowOf(wanted, "C").is_resource());
  CHECK_EQ(RowOf(wanted, "D").arrow, "run");
  CHECK(RowOf(wanted, "D").is_resource());
}

TEST("WantedValues knows wrappers, which are no resources") {
  const auto wanted = WantedValues::Parse("PromisePoolConnection\t>connection\n");
  CHECK(wanted.has_wrappers());
  CHECK_EQ(Texts(RowOf(wanted, "PromisePoolConnection").wrapped), Strings{"connection"});
  CHECK(!RowOf(wanted, "PromisePoolConnection").is_resource());
}

TEST("WantedValues leaves out words that it does not know") {
  const auto wanted = WantedValues::Parse("Pool\t=other\t=\t+\t-\t>\tmax\n");
  const WantedRow& row = RowOf(wanted, "Pool");
  CHECK_EQ(Texts(row.values), Strings{"max"});
  CHECK(row.tokens.empty() && row.idle.empty() && row.wrapped.empty());
  CHECK(!row.is_resource());
}

TEST("WantedValues puts rows of the same name together, without the same paths twice") {
  const auto wanted = WantedValues::Parse("Pool\tmax\nOther\ta\nPool\tmax\tmin\t=methods\n");
  CHECK_EQ(Texts(RowOf(wanted, "Pool").values), (Strings{"max", "min"}));
  CHECK(RowOf(wanted, "Pool").by_methods);
}

TEST("WantedValues leaves out paths that are too long, and too many of them") {
  std::string too_long = "a";
  for (size_t i = 0; i < WantedValues::kMaxSteps; ++i) too_long += ".b";
  std::string row = "Pool\ta.b.c.d.e.f\t" + too_long;
  for (size_t i = 0; i < 2 * WantedValues::kMaxPaths; ++i) row += "\tp" + std::to_string(i);
  const auto wanted = WantedValues::Parse(row);
  CHECK_EQ(RowOf(wanted, "Pool").values.size(), WantedValues::kMaxPaths);
  CHECK_EQ(RowOf(wanted, "Pool").values[0].text, "a.b.c.d.e.f");
  CHECK_EQ(RowOf(wanted, "Pool").values[1].text, "p0");
}

TEST("WantedValues reads a row without a path, a last one without an end, and none without a name") {
  const auto wanted = WantedValues::Parse("\n\tmax\nMutex\nPool\tmax");
  CHECK(RowOf(wanted, "Mutex").values.empty());
  CHECK_EQ(Texts(RowOf(wanted, "Pool").values), Strings{"max"});
  CHECK(wanted.Find("max") == nullptr);
  CHECK(WantedValues::Parse("").empty());
}

TEST("WantedValues finds its rows in front of a bundle only") {
  CHECK(WantedValues::FromBundle("/*gmr-wanted\nPool\tmax\n*/'use strict';").Find("Pool") != nullptr);
  CHECK(WantedValues::FromBundle("'use strict';/*gmr-wanted\nPool\tmax\n*/").empty());
  CHECK(WantedValues::FromBundle("/*gmr-wanted\nPool\tmax\n").empty());
  CHECK(WantedValues::FromBundle("").empty());
}

}  // namespace

}  // namespace gmr::test
