#include "assay/operation/yaml.h"

#include <gtest/gtest.h>

#include <chrono>

namespace assay::operation {

struct YamlRule {
  std::string id;
  double threshold = 0;
};
struct YamlPlan {
  std::string name;
  std::vector<YamlRule> rules;
  std::map<std::string, double> limits;
};
template <>
inline constexpr auto fields<YamlRule> = std::tuple{required("id", &YamlRule::id, "name of the rule"),
                                                    field("threshold", &YamlRule::threshold, "cut").range(0, 1)};
template <>
inline constexpr auto fields<YamlPlan> =
    std::tuple{field("name", &YamlPlan::name, "its name"), field("rules", &YamlPlan::rules, "rules"),
               field("limits", &YamlPlan::limits, "limits")};

namespace {

Json value_of(const std::string& text) {
  const auto made = parse_yaml(text, "a.yaml");
  if (!made) return Json("REFUSED " + made.error().text());
  return made->value;
}
Error error_of(const std::string& text) {
  const auto made = parse_yaml(text, "a.yaml");
  EXPECT_FALSE(made) << text.substr(0, 200) << "\n-> " << (made ? made->value.dump().substr(0, 200) : "");
  return made ? Error{} : made.error();
}

TEST(Yaml, CoreSchema) {
  const std::pair<const char*, const char*> cases[] = {
      {"no", R"("no")"},
      {"yes", R"("yes")"},
      {"on", R"("on")"},
      {"true", "true"},
      {"False", "\"False\""},
      {"~", "null"},
      {"null", "null"},
      {"''", R"("")"},
      {"'12'", R"("12")"},
      {"\"true\"", R"("true")"},
      {"12", "12"},
      {"+12", "12"},
      {"-0", "0"},
      {"0x1F", "31"},
      {"0o17", "15"},
      {"0b11", R"("0b11")"},
      {"1_000", R"("1_000")"},
      {"12:30", R"("12:30")"},
      {"007", "7"},
      {"0.5", "0.5"},
      {".5", "0.5"},
      {"5.", "5.0"},
      {"1e3", "1000.0"},
      {"-1.5E-2", "-0.015"},
      {".inf", R"("Infinity")"},
      {"-.inf", R"("-Infinity")"},
      {".nan", R"("NaN")"},
      {"2026-12-31", R"("2026-12-31")"},
      {"9223372036854775808", "9223372036854775808"},
      {"123456789012345678901234567890", "1.2345678901234568e+29"},
      {"!!str 12", R"("12")"},
      {"!!float 3", "3"},
      {"auc >= 0.80", R"("auc >= 0.80")"},
      {"{a: [1, no, {b: }]}", R"({"a":[1,"no",{"b":null}]})"},
      {"a: |\n  x\n  y\n", R"({"a":"x\ny\n"})"},
      {"1: a\ntrue: b\n", R"({"1":"a","true":"b"})"},
      {"\xef\xbb\xbf"
       "a: größe",
       R"({"a":"größe"})"},
      {"--- {a: 1}\n...\n", R"({"a":1})"},
      {"base: &b {x: 1}\nuse: *b\n", R"({"base":{"x":1},"use":{"x":1}})"},
      {R"({"json": ["too", 1.5, null, "\u00e9"]})", R"({"json":["too",1.5,null,"é"]})"},
  };
  for (const auto& [in, out] : cases) EXPECT_EQ(value_of(in).dump(), Json::parse(out).dump()) << in;
}

TEST(Yaml, RefusesWithPlace) {
  struct Case {
    std::string in, where, what;
  };
  const Case cases[] = {
      {"", "a.yaml:1:1", "the document is empty"},
      {"a: 1\nb: 2\na: 3\n", "a.yaml:3:1", "the key \"a\" stands twice"},
      {"x: {k: 1, k: 2}", "a.yaml:1:11", "the key \"k\" stands twice"},
      {"a: 1\n---\nb: 2\n", "a.yaml:2:1", "a second document begins"},
      {"- a\nb: 1\n", "a.yaml:2:1", "a second document begins"},
      {"%", "a.yaml:1:1", "the document is empty"},
      {"a: &x [1, *x]\n", "a.yaml:1:11", "the alias stands inside what it names"},
      {"? [a, b]\n: 1\n", "a.yaml:1:3", "a key is text, not a list"},
      {"? {a: b}\n: 1\n", "a.yaml:1:3", "a key is text, not an object"},
      {"~: 1\n", "a.yaml:1:1", "a key is text, not empty"},
      {"a: &k x\n*k : 1\n", "a.yaml:2:1", "an alias cannot be a key"},
      {"<<: {a: 1}\n", "a.yaml:1:1", "merge keys (<<) are not YAML 1.2"},
      {"a: !python/object:os.system x\n", "a.yaml:1:4", "the tag !python/object:os.system is not read here"},
      {"a: !!set {x}\n", "a.yaml:1:4", "the tag tag:yaml.org,2002:set is not read here"},
      {"a: !!int no\n", "a.yaml:1:4", "\"no\" is no !!int"},
  };
  for (const auto& c : cases) {
    const auto e = error_of(c.in);
    EXPECT_EQ(e.code, Code::kInvalidArgument) << c.in;
    EXPECT_EQ(e.where, c.where) << c.in;
    EXPECT_EQ(e.what, c.what) << c.in;
  }
  for (const std::string in : {"a: [1, 2", "a: b: c", "a: *nobody", "a:\n\t- 1\n", "\"open", "a: 1\n b: 2\n", "@a",
                               "a: \"\\q\"", "a: \"\\ud83d\""}) {
    const auto e = error_of(in);
    EXPECT_EQ(e.code, Code::kInvalidArgument) << in;
    EXPECT_TRUE(e.where.starts_with("a.yaml:")) << in << " " << e.text();
    EXPECT_TRUE(e.what.starts_with("this is not YAML: ")) << in << " " << e.text();
  }
  EXPECT_EQ(error_of("a: \xff").what, "the text is not valid UTF-8");
  EXPECT_EQ(error_of(std::string("a: \0b", 5)).what, "a zero byte at position 3");
  EXPECT_EQ(error_of(std::string(kMaxYaml + 1, ' ')).where, "a.yaml");
}

TEST(Yaml, IsBounded) {
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(error_of(std::string(65, '[') + std::string(65, ']')).what, "nested deeper than 64");
  EXPECT_TRUE(parse_yaml(std::string(64, '[') + std::string(64, ']'), "a"));
  std::string deep;
  for (int i = 0; i < 400; ++i) deep += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_EQ(error_of(deep).what, "nested deeper than 64");
  error_of(std::string(100'000, '['));
  error_of(std::string(100'000, '{'));
  std::string dashes;
  for (int i = 0; i < 50'000; ++i) dashes += "- ";
  error_of(dashes);
  // A billion laughs: ten levels of ten aliases each.
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int k = 1; k < 10; ++k) bomb += ", " + before;
    bomb += "]\n";
  }
  EXPECT_EQ(error_of(bomb).what, "more than 100000 values");
  std::string many;
  for (int i = 0; i < 100'001; ++i) many += "- 1\n";
  EXPECT_EQ(error_of(many).what, "more than 100000 values");
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20));
}

TEST(Yaml, ErrorsOfFieldsNameTheirPlace) {
  const auto error = [](const std::string& text) {
    const auto made = read_yaml<YamlPlan>(text, "assay.yaml");
    EXPECT_FALSE(made);
    return made ? Error{} : made.error();
  };
  auto e = error("name: x\nrules:\n  - {id: R1}\n  - id: R2\n    threshold: 3\n");
  EXPECT_EQ(e.where, "assay.yaml:5:5 rules[1].threshold");
  e = error("name: x\nrules:\n  - id: R2\n    treshold: 0.3\n");
  EXPECT_EQ(e.where, "assay.yaml:4:5 rules[0].treshold");
  EXPECT_EQ(e.fix, "did you mean \"threshold\"?");
  e = error("rules:\n  - threshold: 0.3\n");
  EXPECT_EQ(e.where, "assay.yaml:2:5 rules[0].id");
  EXPECT_EQ(e.what, "is required");
  e = error("limits:\n  'a: b': x\n");
  EXPECT_EQ(e.where, "assay.yaml:2:3 limits.a: b");
  e = error("- 1\n");
  EXPECT_EQ(e.where, "assay.yaml:1:1");
  e = error("name: no\nrules: 5\n");
  EXPECT_EQ(e.where, "assay.yaml:2:1 rules");
  const auto good = read_yaml<YamlPlan>("name: no\nrules: [{id: '1', threshold: 1}]\n", "assay.yaml");
  ASSERT_TRUE(good) << good.error().text();
  EXPECT_EQ(good->name, "no");
}

TEST(Yaml, KeepsPlaces) {
  const auto y = parse_yaml("a:\n  - x\n  - {b/c: [1,\n      2]}\n", "f");
  ASSERT_TRUE(y);
  EXPECT_EQ(y->where("/a").line, 1u);
  EXPECT_EQ(y->where("/a/1").line, 3u);
  EXPECT_EQ(y->where("/a/1/b~1c").column, 6u);
  EXPECT_EQ(y->where("/a/1/b~1c/1").line, 4u);
  EXPECT_EQ(y->where("/a/1/b~1c/9/z").column, 6u);  // its nearest parent
  EXPECT_EQ(y->where("").line, 1u);
}

}  // namespace
}  // namespace assay::operation
