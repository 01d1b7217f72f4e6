// What needs no workspace: addresses, sessions, events, answers kept for repeats, the text that goes over the wire.
#include "assay/server/server.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "assay/base/crypto.h"
#include "assay/base/files.h"
#include "assay/server/assets.h"
#include "assay/server/call.h"
#include "assay/server/http_text.h"
#include "assay/server/problem.h"
#include "assay/server/router.h"
#include "assay/server/session.h"

namespace assay::server {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

Request request_to(const std::string& target, const std::string& method = "GET") {
  Request out;
  out.method = method, out.target = target, out.headers["host"] = "127.0.0.1:8650";
  return out;
}

std::string refused(const std::string& target) {
  auto request = request_to(target);
  const auto status = parse_target(request);
  return status ? "accepted as " + request.path : status.error().where + ": " + status.error().what;
}

TEST(Target, IsDecodedOnce) {
  auto request = request_to("/w/a%20b/data/%E2%82%AC?q=1+2&lang=ja&empty=&bare");
  ASSERT_TRUE(parse_target(request));
  EXPECT_EQ(request.path, "/w/a b/data/€");
  EXPECT_EQ(request.segments, (std::vector<std::string>{"w", "a b", "data", "€"}));
  EXPECT_EQ(request.query["q"], "1 2");
  EXPECT_EQ(request.query["empty"], "");
  EXPECT_EQ(request.query["bare"], "");
  auto root = request_to("/");
  ASSERT_TRUE(parse_target(root));
  EXPECT_TRUE(root.segments.empty());
}

TEST(Target, NothingClimbsOrHides) {
  EXPECT_EQ(refused("/a/../b"), "path: holds a dot segment");
  EXPECT_EQ(refused("/a/%2e%2E/b"), "path: holds a dot segment");
  EXPECT_EQ(refused("/a/./b"), "path: holds a dot segment");
  EXPECT_EQ(refused("/assets/..%2f..%2fetc%2fpasswd"), "path: hides a slash in a segment");
  EXPECT_EQ(refused("/assets/..%5c..%5cwin"), "path: hides a slash in a segment");
  EXPECT_EQ(refused("/a%00b"), "path: holds a control character");
  EXPECT_EQ(refused("/a%0d%0aSet-Cookie"), "path: holds a control character");
  EXPECT_EQ(refused("/a%zz"), "path: a % is not followed by two hexadecimal digits");
  EXPECT_EQ(refused("/a%f"), "path: a % is not followed by two hexadecimal digits");
  EXPECT_EQ(refused("/%ff%fe"), "path: is not UTF-8");
  EXPECT_EQ(refused("/%252e%252e/x"), "accepted as /%2e%2e/x");  // decoded once, so it is only a name
  EXPECT_EQ(refused("http://other/"), "path: does not begin with a slash");
  EXPECT_EQ(refused("*"), "path: does not begin with a slash");
  EXPECT_EQ(refused("/a#b"), "path: holds a fragment");
  EXPECT_EQ(refused("/a?x=1&x=2"), "query: x: is given more than once");
  EXPECT_EQ(refused("/" + std::string(9000, 'a')), "path: is longer than 8 KiB");
  std::string many = "/a?";
  for (int i = 0; i < 70; ++i) many += "p" + std::to_string(i) + "=1&";
  EXPECT_EQ(refused(many), "query: has more than 64 parameters");
}

RC_GTEST_PROP(Target, WhatIsEncodedComesBack, (const std::string& raw)) {
  std::string text;
  for (const char c : raw)
    if (static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F && c != '/' && c != '\\')
      text += c;
  RC_PRE(!text.empty() && text != "." && text != "..");
  auto request = request_to("/a/" + percent_encode(text) + "?v=" + percent_encode(text));
  RC_ASSERT(parse_target(request).has_value());
  RC_ASSERT(request.segments.at(1) == text);
  RC_ASSERT(request.query["v"] == text);
}

TEST(Router, FindsNamesAndSaysWhatIsNear) {
  Router router;
  router.add("GET", "/api/v1/w/{workspace}/runs/{id}", 1);
  router.add("POST", "/api/v1/w/{workspace}/runs:cancel", 2);
  router.add("POST", "/api/v1/w/{workspace}/{noun}:{verb}", 3);
  const auto find = [&](const char* method, const char* target) {
    auto request = request_to(target, method);
    EXPECT_TRUE(parse_target(request));
    return router.find(request);
  };
  EXPECT_EQ(find("GET", "/api/v1/w/x/runs/7")->path.at("id"), "7");
  EXPECT_EQ(find("HEAD", "/api/v1/w/x/runs/7")->route, 1u);
  EXPECT_EQ(find("POST", "/api/v1/w/x/runs:cancel")->route, 2u);
  const auto call = find("POST", "/api/v1/w/x/plan:run");
  EXPECT_EQ(call->path.at("noun") + "." + call->path.at("verb"), "plan.run");
  EXPECT_EQ(find("POST", "/api/v1/w/x/plan:").error().code, Code::kNotFound);
  EXPECT_EQ(find("POST", "/api/v1/w/x/:run").error().code, Code::kNotFound);
  EXPECT_EQ(find("DELETE", "/api/v1/w/x/runs/7").error().fix, "use GET");
  EXPECT_EQ(find("GET", "/api/v1/w/x/plan:run").error().fix, "use POST");
  EXPECT_EQ(find("POST", "/api/v1/w/x/runs/cancel").error().code, Code::kUnsupported);
  EXPECT_EQ(find("GET", "/nothing/like/it").error().code, Code::kNotFound);
}

class SessionTest : public ::testing::Test {
 protected:
  Trust trust_{{"assay.example"}, "127.0.0.1", 8650, false, {}};
  Sessions sessions_{trust_};

  std::string cookie_at(std::int64_t now) {
    const auto entered = sessions_.enter(sessions_.make_link("ada", now), now);
    EXPECT_TRUE(entered);
    return entered->cookie.substr(0, entered->cookie.find(';'));
  }
  Request with(const std::string& cookie, const std::string& method = "GET") {
    auto out = request_to("/api/v1/me", method);
    out.headers["cookie"] = "other=1; " + cookie;
    return out;
  }
  std::string why(const Request& request, std::int64_t now = kSecond) {
    const auto who = sessions_.identify(request, now);
    return who ? "is " + who->user : who.error().where + ": " + who.error().what;
  }
};

TEST_F(SessionTest, ALinkOpensOnceAndForTenMinutes) {
  const auto token = sessions_.make_link("ada", 0);
  EXPECT_EQ(sessions_.enter("nothing", 0).error().what, "this link is not one of this server's");
  const auto entered = sessions_.enter(token, 599 * kSecond);
  ASSERT_TRUE(entered);
  EXPECT_NE(entered->cookie.find("; HttpOnly; SameSite=Lax; Path=/"), std::string::npos);
  EXPECT_EQ(entered->cookie.find("Secure"), std::string::npos);
  EXPECT_EQ(sessions_.enter(token, 600 * kSecond).error().what, "this link has been used");
  const auto late = sessions_.make_link("ada", 0);
  EXPECT_EQ(sessions_.enter(late, 601 * kSecond).error().what, "this link is older than 10 minutes");
  trust_.behind_tls = true;
  Sessions secure(trust_);
  const auto safe = secure.enter(secure.make_link("ada", 0), 0);
  EXPECT_TRUE(safe->cookie.starts_with("__Host-assay=") && safe->cookie.ends_with("; Secure"));
}

TEST_F(SessionTest, EndsWhenIdleAndAfterTwelveHours) {
  const auto cookie = cookie_at(0);
  EXPECT_EQ(why(with(cookie), 1799 * kSecond), "is ada");
  EXPECT_EQ(why(with(cookie), 3500 * kSecond), "is ada");
  EXPECT_EQ(why(with(cookie), (3500 + 1801) * kSecond), "session: the session has ended");
  const auto other = cookie_at(0);
  for (std::int64_t at = 0; at <= 43'200; at += 1000) EXPECT_EQ(why(with(other), at * kSecond), "is ada");
  EXPECT_EQ(why(with(other), 43'201 * kSecond), "session: the session has ended");
  EXPECT_EQ(why(with("assay=made-up")), "session: the session has ended");
  EXPECT_EQ(why(request_to("/api/v1/me")), "session: nobody is signed in");
  const auto third = cookie_at(0);
  sessions_.leave(with(third));
  EXPECT_EQ(why(with(third)), "session: the session has ended");
}

TEST_F(SessionTest, OnlyItsOwnPagesMayChangeThings) {
  const auto cookie = cookie_at(0);
  const auto csrf = sessions_.identify(with(cookie), 0)->csrf;
  auto post = with(cookie, "POST");
  EXPECT_EQ(why(post), "X-Assay-CSRF: the header does not hold this session's word");
  post.headers["x-assay-csrf"] = csrf;
  EXPECT_EQ(why(post), "is ada");
  post.headers["origin"] = "http://127.0.0.1:8650";
  EXPECT_EQ(why(post), "is ada");
  for (const char* origin : {"http://evil.example", "http://127.0.0.1:9999", "https://127.0.0.1:8650", "null"}) {
    post.headers["origin"] = origin;
    EXPECT_TRUE(why(post).starts_with("Origin: ")) << origin;
  }
  post.headers.erase("origin");
  for (const char* site : {"cross-site", "same-site", "odd"}) {
    post.headers["sec-fetch-site"] = site;
    EXPECT_TRUE(why(post).starts_with("Sec-Fetch-Site: ")) << site;
  }
  post.headers["sec-fetch-site"] = "same-origin";
  EXPECT_EQ(why(post), "is ada");
  // The word belongs to its session: another session's is refused.
  const auto other = cookie_at(0);
  auto crossed = with(other, "POST");
  crossed.headers["x-assay-csrf"] = csrf;
  EXPECT_TRUE(why(crossed).starts_with("X-Assay-CSRF"));
  // A link on another page may open a view, a script there may not read it.
  auto opened = with(cookie);
  opened.headers["sec-fetch-site"] = "cross-site";
  EXPECT_TRUE(why(opened).starts_with("Sec-Fetch-Site"));
  opened.headers["sec-fetch-mode"] = "navigate";
  EXPECT_EQ(why(opened), "is ada");
}

TEST_F(SessionTest, HostMustBeOneOfItsNames) {
  const auto named = [&](const std::string& host) {
    auto request = request_to("/");
    request.headers["host"] = host;
    return sessions_.check_host(request).has_value();
  };
  for (const char* host :
       {"127.0.0.1:8650", "localhost:8650", "LOCALHOST:8650", "[::1]:8650", "assay.example", "assay.example:443"})
    EXPECT_TRUE(named(host)) << host;
  for (const char* host : {"", "127.0.0.1", "127.0.0.1:1", "localhost", "evil.example", "evil.example:8650",
                           "assay.example.evil", "127.0.0.1:8650, evil.example", "x127.0.0.1:8650"})
    EXPECT_FALSE(named(host)) << host;
  EXPECT_FALSE(sessions_.check_host(Request{}));
}

TEST_F(SessionTest, TokensAreKeptAsDigestsAndCanBeTakenBack) {
  const auto folder = std::filesystem::temp_directory_path() / ("assay-tokens-" + crypto::hex(crypto::random_bytes(6)));
  std::filesystem::create_directories(folder);
  const auto file = (folder / "tokens.json").string();
  trust_.token_files = {file};
  Sessions sessions(trust_);
  sessions.add_bearer("assay_own", "root");
  const auto who = [&](const std::string& token) {
    auto request = request_to("/api/v1/me", "POST");
    request.headers["authorization"] = token;
    const auto found = sessions.identify(request, 0);
    return found ? found->user : found.error().what;
  };
  EXPECT_EQ(who("Bearer assay_own"), "root");
  EXPECT_EQ(who("Bearer assay_owm"), "the token is not one of this server's");
  EXPECT_EQ(who("Basic YTpi"), "only Bearer tokens are read");
  const auto token = add_token(file, "ada");
  ASSERT_TRUE(token);
  EXPECT_TRUE(token->starts_with("assay_"));
  EXPECT_EQ(files::read(file)->find(*token), std::string::npos);
  EXPECT_EQ(who("Bearer " + *token), "ada");
  EXPECT_EQ(add_token(file, "ada").error().code, Code::kAlreadyExists);
  EXPECT_TRUE(remove_token(file, "ada"));
  EXPECT_EQ(who("Bearer " + *token), "the token is not one of this server's");
  EXPECT_EQ(remove_token(file, "ada").error().code, Code::kNotFound);
  std::filesystem::remove_all(folder);
}

TEST(EventsTest, AStreamGoesOnWhereItWasBroken) {
  Events events(1000);
  const Topics all{"w", {"a"}, true};
  events.publish(0, "w", "a", "step", "{}");
  events.publish(0, "w", "b", "step", "{}");
  events.publish(0, "w", "b", "state", "{}");
  events.publish(0, "other", "a", "state", "{}");
  std::int64_t next = 0;
  const auto seen = events.after(all, 0, 10, &next);
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].id, 1001);
  EXPECT_EQ(seen[1].id, 1003);
  EXPECT_EQ(next, 1004);
  EXPECT_TRUE(events.after(all, next, 10).empty());
  EXPECT_EQ(events.after(all, 1001, 10).size(), 1u);
  EXPECT_EQ(events.after(all, 0, 1, &next).size(), 1u);
  EXPECT_EQ(next, 1001);
  EXPECT_TRUE(events.after(all, 999'999, 10, &next).empty());  // an id from elsewhere means: from now on
  EXPECT_EQ(next, 1004);
}

TEST(EventsTest, KeepsTenMinutesAndABoundedNumber) {
  Events events(0);
  const Topics all{"w", {}, true};
  for (std::size_t i = 0; i < Events::kMost + 10; ++i) events.publish(0, "w", "r", "state", "{}");
  EXPECT_EQ(events.after(all, 0, 1u << 20).size(), Events::kMost);
  events.publish(Events::kKeptUs + 1, "w", "r", "state", "{}");
  EXPECT_EQ(events.after(all, 0, 1u << 20).size(), 1u);
  for (int i = 0; i < 40; ++i) events.publish(Events::kKeptUs + 1, "w", "r", "state", std::string(1 << 20, 'x'));
  EXPECT_LT(events.after(all, 0, 1u << 20).size(), 33u);
}

TEST(EventsTest, ListenersHearUntilTheyStop) {
  Events events(0);
  int heard = 0;
  const auto handle = events.listen([&] { ++heard; });
  events.publish(0, "w", "r", "state", "{}");
  events.unlisten(handle);
  events.publish(0, "w", "r", "state", "{}");
  EXPECT_EQ(heard, 1);
}

TEST(EventsTest, TopicsAreChecked) {
  EXPECT_TRUE(parse_topics("w", "runs,run:abc")->runs.contains("abc"));
  EXPECT_TRUE(parse_topics("w", "")->states);
  EXPECT_EQ(parse_topics("w", "alerts").error().where, "topics");
  EXPECT_FALSE(parse_topics("w", "run:"));
  EXPECT_FALSE(parse_topics("w", "run:" + std::string(100, 'a')));
  std::string many;
  for (int i = 0; i < 70; ++i) many += "run:" + std::to_string(i) + ",";
  EXPECT_FALSE(parse_topics("w", many));
}

TEST(RepeatsTest, OneRequestIsDoneOnce) {
  Repeats repeats;
  Response good;
  good.body = "{}";
  ASSERT_FALSE(repeats.begin("k", "a", 0)->has_value());
  EXPECT_EQ(repeats.begin("k", "a", 0).error().code, Code::kAlreadyExists);
  repeats.keep("k", good);
  EXPECT_EQ((*repeats.begin("k", "a", 1))->body, "{}");
  EXPECT_EQ(repeats.begin("k", "b", 1).error().code, Code::kInvalidArgument);
  EXPECT_FALSE(repeats.begin("k", "b", Repeats::kKeptUs + 1)->has_value());
  Response bad;
  bad.status = 503;
  repeats.keep("k", bad);
  EXPECT_FALSE(repeats.begin("k", "c", Repeats::kKeptUs + 2)->has_value());
}

TEST(Wire, NoValueEndsALine) {
  Response response;
  response.type = "text/plain\r\nX: y";
  response.with("Location", "/a\r\nSet-Cookie: b=c");
  const auto text = head_text(response, true);
  EXPECT_EQ(text.find("\r\nSet-Cookie"), std::string::npos);
  EXPECT_EQ(text.find("\r\nX: y"), std::string::npos);
  EXPECT_TRUE(text.ends_with("Content-Length: 0\r\nConnection: keep-alive\r\n\r\n"));
  EXPECT_EQ(event_text({7, 0, "w", "r", "log", "{\"text\":\"a\"}"}), "event: log\nid: 7\ndata: {\"text\":\"a\"}\n\n");
  EXPECT_EQ(event_text({0, 0, "w", "r", "hello", "a\nb"}), "event: hello\ndata: a b\n\n");
}

TEST(Wire, EveryAnswerCarriesTheHeaders) {
  Response response;
  secure(response);
  const auto text = head_text(response, false);
  for (const char* part : {"default-src 'none'; script-src 'self'", "frame-ancestors 'none'",
                           "require-trusted-types-for 'script'", "nosniff", "Referrer-Policy: no-referrer",
                           "Cross-Origin-Opener-Policy: same-origin", "Cache-Control: no-store"})
    EXPECT_NE(text.find(part), std::string::npos) << part;
  EXPECT_EQ(text.find("unsafe"), std::string::npos);
}

TEST(Wire, ETagSavesTheBody) {
  auto request = request_to("/x");
  Response first;
  first.body = "abc";
  tag(first, request);
  request.headers["if-none-match"] = "\"other\", W/" + first.headers.back().second;
  Response again;
  again.body = "abc";
  tag(again, request);
  EXPECT_EQ(again.status, 304);
  EXPECT_TRUE(again.body.empty());
  Response changed;
  changed.body = "abd";
  tag(changed, request);
  EXPECT_EQ(changed.status, 200);
}

TEST(StudioFilesTest, PagesFilesAndWhatIsNotThere) {
  const auto folder = std::filesystem::temp_directory_path() / ("assay-studio-" + crypto::hex(crypto::random_bytes(6)));
  std::filesystem::create_directories(folder / "assets");
  ASSERT_TRUE(files::write((folder / "index.html").string(), "<p>here</p>"));
  ASSERT_TRUE(files::write((folder / "assets/a-1.js").string(), "1"));
  const StudioFiles studio(folder.string());
  const auto get = [&](const char* target) {
    auto request = request_to(target);
    EXPECT_TRUE(parse_target(request));
    return studio.answer(request);
  };
  EXPECT_EQ(get("/").body, "<p>here</p>");
  EXPECT_EQ(get("/w/mortgage/models/m/1").body, "<p>here</p>");
  const auto script = get("/assets/a-1.js");
  EXPECT_EQ(script.type, "text/javascript; charset=utf-8");
  EXPECT_EQ(script.headers.front().second, "public, max-age=31536000, immutable");
  EXPECT_EQ(get("/assets/b.js").status, 404);
  EXPECT_EQ(get("/favicon.ico").status, 404);
  EXPECT_EQ(get("/assets").status, 200);  // no file and no folder listing: the page says so itself
  std::filesystem::remove_all(folder);
  auto bare = request_to("/");
  ASSERT_TRUE(parse_target(bare));
  EXPECT_EQ(StudioFiles((folder / "gone").string()).answer(bare).status, 200);
}

TEST(State, OfADeadServerIsNotBelieved) {
  const auto folder = std::filesystem::temp_directory_path() / ("assay-state-" + crypto::hex(crypto::random_bytes(6)));
  std::filesystem::create_directories(folder / ".assay");
  const auto file = (folder / ".assay/server.json").string();
  EXPECT_FALSE(recorded(folder.string()));
  for (const char* text :
       {"", "[]", "{\"pid\":1}", "{\"pid\":\"1\",\"url\":\"u\",\"token\":\"t\"}",
        "{\"pid\":-5,\"url\":\"u\",\"token\":\"t\"}", "{\"pid\":2000000000,\"url\":\"u\",\"token\":\"t\"}"}) {
    ASSERT_TRUE(files::write(file, text));
    EXPECT_FALSE(recorded(folder.string())) << text;
  }
  ASSERT_TRUE(files::write(file, "{\"pid\":" + std::to_string(::getpid()) + ",\"url\":\"u\",\"token\":\"t\"}"));
  EXPECT_TRUE(recorded(folder.string()));
  EXPECT_FALSE(running(folder.string()));  // nobody answers there
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace assay::server
