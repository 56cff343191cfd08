// Whether a function is an argument of a call, by the source in front of it.

#include "../../native/image/text/call_arguments.h"

#include <string>

#include "harness.h"

namespace gmr::test {

namespace {

void CheckAll(bool expected, std::initializer_list<std::u16string_view> sources) {
  for (const std::u16string_view source : sources) {
    if (vm::IsArgument(source) != expected)
      Fail(__FILE__, __LINE__, std::string(source.begin(), source.end()));
  }
}

TEST("CallArguments finds functions that are arguments") {
  CheckAll(true, {
                     u"const answer = await new Promise(",
                     u"const answer = await new Promise(async ",
                     u"const answer = await new Promise (function ",
                     u"const answer = await new Promise(async function* ",
                     u"const answer = await new Promise(\n  // Node calls it (soon)\n  ",
                     u"const answer = await new Promise(/* why, */ ",
                     u"state = await new Job({ name: 'it\\'s', at: [1, 2] }, ",
                     u"const job = 1 + new Job(name, (a) => { return b; }, ",
                     u"const job = 1 + new Job(a = 1, b >= 2, ",
                     u"this.#x = y || new Job(`${name} (`, ",
                     u"const job = new lib.Job[kind](ready && ",
                     u"const job = await new (jobOf(kind))(",
                     u"const job = [new Job(",
                     u"const jobs = { one: new Job(",
                     u"const job = await new Job(name, [",
                     u"const job = await new Job(a >= b, a === c, ",
                     u"job ||= await new Job(\"//\", ",
                 });
}

TEST("CallArguments knows functions that are assigned") {
  CheckAll(false, {
                      u"exports.handler = ",
                      u"exports.handler = async ",
                      u"Cart.prototype.total = function ",
                      u"run(1, 2); exports.handler = ",
                      u"run(1, 2)\nexports.handler = ",
                      u"const handler = (",
                      u"const handler = known || (",
                      u"const handler = kind === 1 ? ",
                      u"const handler = kind === f(1) ? f(2) : ",
                      u"const handlers = [f(1), ",
                      u"const handler = await (",
                      u"function run(callback = ",
                      u"run(exports.handler = ",
                      u"const handlers = { get: [",
                      u"const add = (a) => ",
                      u"bits >>= f(2) || ",
                      u"exports.handler = /* of run( */ ",
                      u"exports.handler = // it's of run(\n  ",
                  });
}

TEST("CallArguments doubts what begins too far away") { CheckAll(true, {u"", u"1, 2, 3, ", u"'one', "}); }

}  // namespace

}  // namespace gmr::test
