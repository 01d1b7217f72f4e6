#include "assay/operation/operation.h"

#include <gtest/gtest.h>

namespace assay::operation {
namespace {

struct Split {
  double test = 0.3;
  std::vector<std::string> stratify;
};
struct Ridge {
  double l2 = 1;
};
struct Trees {
  std::int64_t depth = 3;
};
using Learner = std::variant<Ridge, Trees>;
struct Request {
  std::string data, mode = "fast", token;
  Split split;
  std::optional<double> limit;
  std::vector<std::int64_t> sizes;
  Learner learner;
  std::int64_t rounds = 10;
  std::map<std::string, double> weights;
};
struct Response {
  double value = 0;
};
Result<Response> twice(const Request& r, Task&) { return Response{2.0 * static_cast<double>(r.rounds)}; }

}  // namespace

template <>
inline constexpr auto fields<Split> = std::tuple{field("test", &Split::test, "share of rows").between(0, 1),
                                                 field("stratify", &Split::stratify, "columns")};
template <>
inline constexpr auto fields<Ridge> = std::tuple{field("l2", &Ridge::l2, "penalty").above(0)};
template <>
inline constexpr auto fields<Trees> = std::tuple{field("depth", &Trees::depth, "levels").range(1, 64)};
template <>
inline constexpr std::array kinds<Learner> = {std::string_view("ridge"), std::string_view("trees")};
template <>
inline constexpr auto fields<Request> =
    std::tuple{required("data", &Request::data, "file").positional().input().example("loans.csv"),
               field("mode", &Request::mode, "how").one_of({"fast", "exact"}),
               field("token", &Request::token, "key").secret(),
               field("split", &Request::split, "how rows are divided"),
               field("limit", &Request::limit, "stop above").unit("s"),
               field("sizes", &Request::sizes, "sizes").range(1, 100),
               field("learner", &Request::learner, "what learns"),
               field("rounds", &Request::rounds, "rounds"),
               field("weights", &Request::weights, "by name")};
template <>
inline constexpr auto fields<Response> = std::tuple{field("value", &Response::value, "result")};

namespace {

Error error_of(const Json& in) {
  Request r;
  const auto s = from_json(in, r);
  return s ? Error{} : s.error();
}

TEST(Describe, ReadsEveryShape) {
  Request r;
  const auto s = from_json(Json::parse(R"({"data":"x","mode":"exact","split":{"test":0.5,"stratify":["y"]},"limit":2,
    "sizes":[1,2],"learner":{"kind":"trees","depth":5},"rounds":3.0,"weights":{"a":1}})"),
                           r);
  ASSERT_TRUE(s) << s.error().text();
  EXPECT_EQ(r.split.test, 0.5);
  EXPECT_EQ(*r.limit, 2);
  EXPECT_EQ(std::get<Trees>(r.learner).depth, 5);
  EXPECT_EQ(r.rounds, 3);
  EXPECT_EQ(r.weights.at("a"), 1);
  Request again;
  ASSERT_TRUE(from_json(to_json(r), again));
  EXPECT_EQ(to_json(again), to_json(r));
}

TEST(Describe, ErrorsNameTheField) {
  EXPECT_EQ(error_of(Json::parse(R"({})")).where, "data");
  const auto misspelt = error_of(Json::parse(R"({"data":"x","moed":"fast"})"));
  EXPECT_EQ(misspelt.where, "moed");
  EXPECT_EQ(misspelt.fix, "did you mean \"mode\"?");
  EXPECT_EQ(error_of(Json::parse(R"({"data":"x","split":{"test":1}})")).where, "split: test");
  EXPECT_EQ(error_of(Json::parse(R"({"data":"x","sizes":[1,0]})")).where, "sizes: [1]");
  EXPECT_EQ(error_of(Json::parse(R"({"data":"x","learner":{"kind":"tree"}})")).fix, "did you mean \"trees\"?");
  EXPECT_EQ(error_of(Json::parse(R"({"data":"x","rounds":2.5})")).what, "a whole number was expected, not 2.5");
  EXPECT_EQ(error_of(Json::parse(R"({"data":"x","rounds":18446744073709551615})")).what,
            "18446744073709551615 is too large");
  EXPECT_EQ(error_of(Json::parse(R"({"data":3})")).what, "text was expected, not a number");
  EXPECT_EQ(error_of(Json::parse(R"({"data":"x","mode":"exatc"})")).fix, "did you mean \"exact\"?");
  EXPECT_EQ(error_of(Json::parse(R"({"data":"x","split":{"test":"NaN"}})")).where, "split: test");
}

TEST(Describe, OneTableGivesArgumentsAndSchema) {
  const auto made = operation("room", "verb", "Doubles", &twice);
  std::vector<std::string> names;
  for (const auto& a : made.arguments) names.push_back(a.name);
  EXPECT_EQ(names, (std::vector<std::string>{"data", "mode", "token", "split.test", "split.stratify", "limit", "sizes",
                                             "learner", "rounds", "weights"}));
  const auto& p = made.request_schema["properties"];
  EXPECT_EQ(p["split"]["properties"]["test"]["exclusiveMaximum"], 1);
  EXPECT_EQ(p["mode"]["enum"].size(), 2u);
  EXPECT_TRUE(p["token"]["writeOnly"]);
  EXPECT_EQ(p["sizes"]["items"]["minimum"], 1);
  EXPECT_EQ(p["learner"]["oneOf"].size(), 2u);
  Task task;
  const auto out = made.call({{"data", "x"}, {"rounds", 4}}, task);
  ASSERT_TRUE(out) << out.error().text();
  EXPECT_EQ((*out)["value"], 8);
}

TEST(Json, RefusesWhatIsNotOneValue) {
  EXPECT_FALSE(parse_json(R"({"a":1,"a":2})"));
  EXPECT_FALSE(parse_json(R"([1] 2)"));
  EXPECT_FALSE(parse_json("[\"\xff\"]"));
  EXPECT_FALSE(parse_json(std::string(65, '[') + std::string(65, ']')));
  EXPECT_TRUE(parse_json(std::string(64, '[') + std::string(64, ']')));
  EXPECT_TRUE(parse_json(R"({"a":{"b":1},"b":{"b":1}})"));
}

TEST(Json, CanonicalFormIsRfc8785) {
  // The RFC's own example numbers and key order.
  const auto v = parse_json(R"({"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],
    "string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]})");
  ASSERT_TRUE(v);
  EXPECT_EQ(canonical(*v),
            "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
            "\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
  EXPECT_EQ(canonical(*parse_json(R"({"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7})")),
            "{\"\\r\":2,\"1\":4,\"\xc2\x80\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\xef\xac\xb3\":3}");
  EXPECT_EQ(canonical(Json(1e21)), "1e+21");
  EXPECT_EQ(canonical(Json(123456789012345680000.0)), "123456789012345680000");
  EXPECT_EQ(canonical(Json(-0.0)), "0");
  EXPECT_EQ(canonical(Json(1e-7)), "1e-7");
}

TEST(Evidence, RoundTripKeepsEveryField) {
  Evidence e;
  e.kind = "assay.fairness/1";
  Figure f;
  f.name = "demographic_parity_gap", f.group = {"afam"}, f.slice = {{"afam", "yes"}},
  f.reference = {{"afam", std::nullopt}};
  f.value = 0.25, f.low = 0.1, f.high = std::numeric_limits<double>::infinity(), f.method = "newcombe", f.n = 714,
  f.p = 0.5;
  f.parameters["k"] = 3, f.flags = {"low_support"}, f.better = "zero";
  Figure g;
  g.name = "auc", g.why = "no rows", g.method = "delong";
  e.figures = {f, g};
  e.blobs["predictions"] = {"sha256:00", "application/x", 7};
  const Json once = to_json(e);
  EXPECT_EQ(once["figures"][0]["name"], "auc");
  EXPECT_TRUE(once["figures"][0]["slice"].is_object());
  EXPECT_EQ(once["figures"][1]["high"], "Infinity");
  EXPECT_TRUE(once["figures"][1]["reference"]["afam"].is_null());
  Evidence back;
  ASSERT_TRUE(from_json(once, back));
  EXPECT_EQ(to_json(back), once);
}

}  // namespace
}  // namespace assay::operation
